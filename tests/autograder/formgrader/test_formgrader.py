"""nbgrader's formgrader on the course's tree, in a browser: a text is graded by hand, with a comment."""

import pytest
import requests

from autograder.engine.converting import gradebook
from autograder.results import feedback, table

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
COMMENT = "The digits stay as they are: say that too."


@pytest.fixture
def page(browser, server):
    """A page of a browser that is signed in; it loads nothing from elsewhere and must not stumble."""
    made = browser.new_page()
    errors = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.route("**/*", lambda route: route.continue_() if local(route, server) else route.abort())
    made.goto(server.page("formgrader/"))
    yield made
    made.close()
    # MathJax is asked for elsewhere; without a network, formulas stay as they are written.
    assert [error for error in errors if "MathJax" not in error] == []


def local(route, server):
    return route.request.url.startswith((server.address, "data:"))


def test_the_assignments_are_listed_with_their_submissions(page, server):
    page.goto(server.page("formgrader/manage_assignments"))
    row = page.locator("tr", has_text="tiny")
    row.wait_for()
    assert row.locator(".num-submissions").inner_text().strip() == "2"
    row.locator(".num-submissions a").click()
    page.locator("tr", has_text="ada").first.wait_for()
    assert page.locator("tr", has_text="bob").count() == 1


def test_an_answer_is_graded_by_hand_and_the_comment_comes_back(page, server, course):
    assert mark(course) == (None, True)
    assert statuses(course) == {"ada": "needs manual grading", "bob": "graded"}  # he wrote nothing
    open_submission(page, server, course)
    assert page.locator("#exact").input_value() == ""
    write(page, "#exact", "1.5", "grade")
    write(page, "#exact-comment", COMMENT, "comment")
    page.reload()
    page.wait_for_function("document.querySelector('#exact').value === '1.5'")
    assert page.locator("#exact-comment").input_value() == COMMENT
    assert page.evaluate("window.fired") is None
    assert mark(course) == (1.5, False)
    assert score(course) == 9.5
    assert statuses(course) == {"ada": "graded", "bob": "graded"}
    feedback.generate("tiny", course)
    returned = (course.feedback("ada", "tiny") / "tiny.html").read_text()
    assert COMMENT in returned
    assert "(Score: 9.5 / 10.0)" in returned
    assert COMMENT not in (course.feedback("bob", "tiny") / "tiny.html").read_text()


def write(page, field, text, what):
    """Fill in a field, leave it, and wait until formgrader has saved it."""
    page.locator(field).fill(text)
    with page.expect_response(f"**/api/{what}/*") as saved:
        page.locator(field).blur()
    assert saved.value.ok


def open_submission(page, server, course):
    """Go to a learner's notebook from the list of an assignment's submissions, as an instructor does."""
    with gradebook(course) as book:
        number = book.find_submission_notebook("tiny", "tiny", "ada").id
    page.goto(server.page("formgrader/gradebook/tiny/tiny"))
    page.locator(f"a[href*='{number}'], a:has-text('Submission')").first.wait_for()
    page.goto(server.page(f"formgrader/submissions/{number}/"))
    page.wait_for_function("document.querySelector('#check-double').placeholder === '3'")


def mark(course):
    with gradebook(course) as book:
        grade = book.find_grade("exact", "tiny", "tiny", "ada")
        return grade.manual_score, grade.needs_manual_grade


def statuses(course):
    return {row.student: row.status for row in table.rows("tiny", course)}


def score(course):
    with gradebook(course) as book:
        return book.find_submission("tiny", "ada").score


def test_nobody_enters_without_the_token(server):
    answer = requests.get(f"{server.address}/formgrader/", allow_redirects=False, timeout=30)
    assert (answer.status_code, "/login" in answer.headers["location"]) == (302, True)
