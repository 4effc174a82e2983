"""What a graded class looks like: tables, pages for students, files of grades, reports."""
