"""The API under /api/v1: the same services and the same refusals as the pages."""

from casework.api.cases import router as cases
from casework.api.desk import router as desk
from casework.api.figures import router as figures
from casework.api.house import make_api
from casework.api.search import router as search
from casework.api.tasks import router as tasks

api = make_api()
api.add_router("/cases", cases)
api.add_router("", desk)
api.add_router("", search)
api.add_router("", tasks)
api.add_router("", figures)

__all__ = ["api"]
