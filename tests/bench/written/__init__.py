"""The check of answers that real models wrote, on kept answers: no model is needed.

python -m tests.bench.written [--show]: `answers.jsonl` and `second.jsonl` hold question ids,
answers, the spans that a model read, and what reading an answer said of it; the texts come from the
sets in DOCQA_TEST_DATA.
"""
