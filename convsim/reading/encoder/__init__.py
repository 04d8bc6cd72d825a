"""Small language models that are heard where the linear models are not sure.

Both are all-MiniLM-L6-v2 (Wang et al. 2020, Reimers and Gurevych 2019; Apache-2.0), fine-tuned by
`bench/train_encoder.py` and `bench/train_answer_encoder.py`: they know words and turns of phrase that no text of the
training holds. A text takes some milliseconds. Weights are integers of seven bits and each runs in one thread, so that
machines agree.
"""
