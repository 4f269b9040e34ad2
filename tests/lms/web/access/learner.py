"""Who may learn: whoever is enrolled, and nobody else; an unknown enrollment and another's are the same."""

from tests.lms.web.access.row import SIGNED_IN, Row

MINE = {"learner"}
LESSON = "/learn/{enrollment}/lessons/{lesson}"

ROWS: dict[str, Row] = {
    "learner.home.show": Row("/learn", SIGNED_IN),
    "learner.lessons.resume": Row("/learn/{enrollment}", MINE),
    "learner.lessons.show": Row(LESSON, MINE),
    "learner.lessons.finish": Row(LESSON, MINE, "POST"),
    "learner.lessons.note": Row(LESSON + "/beat", MINE, "POST"),
    "learner.quiz.show": Row("/learn/{sitting}/test", MINE),
    "learner.quiz.begin": Row("/learn/{sitting}/test", MINE, "POST"),
    "learner.quiz.save": Row("/learn/{sitting}/test/1/answers/1", MINE, "POST"),
    "learner.quiz.save_all": Row("/learn/{sitting}/test/1/answers", MINE, "POST"),
    "learner.quiz.review": Row("/learn/{sitting}/test/1/review", MINE),
    "learner.quiz.submit": Row("/learn/{sitting}/test/1/submit", MINE, "POST"),
    "learner.quiz.result": Row("/learn/{sitting}/test/1", MINE),
    "learner.evaluation.show": Row("/learn/{enrollment}/evaluation", MINE),
    "learner.evaluation.show POST": Row("/learn/{enrollment}/evaluation", MINE, "POST"),
}
