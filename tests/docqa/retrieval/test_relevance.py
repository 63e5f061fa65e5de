from docqa.retrieval.relevance import relevance, weigh_terms


def test_words_of_every_subject_tell_little():
    idf = dict.fromkeys(("开始", "条例", "例从", "rtx-4090"), 7.0)
    told = weigh_terms(idf, {"条例": 1})
    assert told["开始"] < told["条例"] < told["rtx-4090"] == 7
    assert told["例从"] < told["条例"]


def test_a_pair_that_is_no_word_tells_least_where_it_is_found():
    idf = {"例从": 7.0}
    assert weigh_terms(idf, {"例从": 1})["例从"] < weigh_terms(idf, {})["例从"]


def test_more_of_the_question_is_more_relevant():
    figures = {"most_close": 0.1, "held": 1.4, "missing": 3.4, "stretch": 2}
    better = {"most_close": 0.5, "held": 2.8, "missing": 2.8, "stretch": 4}
    figures["held_in_sentence"], better["held_in_sentence"] = 1.4, 2.8
    assert relevance(figures) < 0.3 < 0.7 < relevance(better)


def test_what_is_near_in_meaning_is_relevant_without_a_common_word():
    far = {"similarity": 0.83, "most_similarity": 0.83, "usual_similarity": 0.8}
    near = far | {"similarity": 0.93, "most_similarity": 0.93}
    assert relevance(far) < 0.3 < 0.7 < relevance(near)


def test_a_code_that_stands_there_is_never_sent_away():
    nothing = {"most_whole": 0.0, "most_close": 0.0, "missing": 3.0}
    assert relevance(nothing) < 0.3 < relevance(nothing | {"code": 1.0})
