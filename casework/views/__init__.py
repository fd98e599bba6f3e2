"""The pages: narrow to what this person may see, call one service, render."""
