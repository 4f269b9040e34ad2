"""Who may look, audit and answer: a board's own members, and the licensee who is asked."""

from tests.lms.web.access.row import EVERYBODY, SIGNED_IN, Row

BOARD = {"board"}
LICENSEE = {"learner"}
DESK = "/board/{board}"
AUDIT = DESK + "/audits/{audit}"
ANSWER = AUDIT + "/licenses/{subject}"
MINE = "/record/audits/{subject}"
PACKET = "/record/packets/{packet}"

ROWS: dict[str, Row] = {
    "board.lookups.ask": Row(DESK + "/look", BOARD),
    "board.lookups.licensee": Row(DESK + "/look/licensee", BOARD, "POST"),
    "board.lookups.certificate": Row(DESK + "/look/certificate", BOARD, "POST"),
    "board.lookups.show": Row("/board/looks/{look}", BOARD),
    "board.lookups.show_all": Row(DESK + "/looks", BOARD),
    "board.batches.show_all": Row(DESK + "/batches", BOARD),
    "board.batches.show_all POST": Row(DESK + "/batches", BOARD, "POST"),
    "board.batches.show": Row(DESK + "/batches/{batch}", BOARD),
    "board.batches.progress": Row(DESK + "/batches/{batch}.json", BOARD),
    "board.batches.as_csv": Row(DESK + "/batches/{batch}.csv", BOARD),
    "board.batches.as_xlsx": Row(DESK + "/batches/{batch}.xlsx", BOARD),
    "board.audits.show_all": Row(DESK + "/audits", BOARD),
    "board.audits.begin": Row(DESK + "/audits/new", BOARD),
    "board.audits.begin POST": Row(DESK + "/audits/new", BOARD, "POST"),
    "board.audits.show": Row(AUDIT, BOARD),
    "board.audits.close": Row(AUDIT + "/close", BOARD, "POST"),
    "board.audits.answer": Row(ANSWER, BOARD),
    "board.audits.settle": Row(ANSWER + "/decide", BOARD, "POST"),
    "board.audits.say": Row(ANSWER + "/comment", BOARD, "POST"),
    "board.audits.fetch": Row(ANSWER + "/packets/{packet}", BOARD, "POST"),
    "board.files.note": Row(ANSWER + "/files/{answer_file}", BOARD, "POST"),
    "board.files.show": Row(ANSWER + "/files/{answer_file}", BOARD),
    "board.files.download": Row(ANSWER + "/files/{answer_file}/download", BOARD),
    "learner.audits.download": Row(MINE + "/files/{answer_file}", LICENSEE),
    "learner.audits.looks": Row("/record/looks", SIGNED_IN),
    "learner.audits.show_all": Row("/record/audits", SIGNED_IN),
    "learner.audits.show": Row(MINE, LICENSEE),
    "learner.audits.send_packet": Row(MINE + "/packet", LICENSEE, "POST"),
    "learner.audits.send_note": Row(MINE + "/note", LICENSEE, "POST"),
    "learner.audits.say": Row(MINE + "/comment", LICENSEE, "POST"),
    "learner.packets.show_all": Row("/record/packets", SIGNED_IN),
    "learner.packets.show_all POST": Row("/record/packets", SIGNED_IN, "POST"),
    "learner.packets.show": Row(PACKET, LICENSEE),
    "learner.packets.progress": Row(PACKET + ".json", LICENSEE),
    "learner.packets.fetch": Row(PACKET + ".zip", LICENSEE),
    "learner.packets.share": Row(PACKET + "/share", LICENSEE, "POST"),
    "learner.packets.withdraw": Row(PACKET + "/shares/{share}/withdraw", LICENSEE, "POST"),
    "public.packets.show": Row("/packets/{token}", EVERYBODY),
    # The packet of this world is not made yet: whoever has the link hears so.
    "public.packets.fetch": Row("/packets/{token}", EVERYBODY, "POST"),
}
