"""Which pairs the options name, in which direction; nothing is trained."""

import pytest

from keras_seq.arguments import parser
from keras_seq.datasets import Corpus, InputError, Language, Parallel
from keras_seq.pipelines import Translator
from keras_seq.translation_options import pairs_of

FILES = {
    "a.en": "go\nstop\n",
    "a.de": "geh\nhalt\n",
    "a.src": "go\nstop\n",
    "a.tgt": "geh\nhalt\n",
    "a.tsv": "go\tgeh\n",
}


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)


def translator(languages=("en", "de"), places=(0, 1)):
    found = Translator()
    found.languages, found.places = languages, places
    return found


def pairs(model, *words, split="test"):
    """The two texts of each example, where the translator reads them."""
    command = ["evaluate", "x"] if split == "test" else ["rerank", "x", "y"]
    found = pairs_of(parser().parse_args([*command, *words]), model, split)
    assert len(found) == len(list(found))
    return [tuple(each.texts[place] for place in model.places) for each in found]


@pytest.mark.parametrize("places", [(0, 1), (2, 1), (1, 0)])
def test_files_are_source_and_target_wherever_training_had_them(places):
    model = translator(places=places)
    assert pairs(model, "--test", "a.en", "a.de") == [("go", "geh"), ("stop", "halt")]
    assert pairs(model, "--test", "a.src", "a.tgt") == [("go", "geh"), ("stop", "halt")]
    assert pairs(model, "--test", "a.tsv") == [("go", "geh")]
    assert pairs(model, "--valid", "a.en", "a.de", split="valid") == [("go", "geh"), ("stop", "halt")]


@pytest.fixture
def corpus(monkeypatch):
    """corpus(*languages): what every name is loaded as; texts are languages with the split and the number of the example."""

    def named(*languages):
        splits = (
            [Parallel(tuple(f"{language} {split} {number}" for language in languages)) for number in range(2)]
            for split in ("train", "valid", "test")
        )
        found = Corpus("named", *splits, languages=tuple(map(Language, languages)))
        monkeypatch.setattr("keras_seq.corpus_options.load", lambda name: found)

    return named


@pytest.mark.parametrize("languages", [("en", "de"), ("de", "en"), ("en", "fr", "de"), ("fr", "de", "en")])
@pytest.mark.parametrize("places", [(0, 1), (2, 0)])
def test_a_corpus_has_languages_by_name(corpus, languages, places):
    corpus(*languages)
    model = translator(places=places)
    assert pairs(model, "--data", "named") == [("en test 0", "de test 0"), ("en test 1", "de test 1")]
    assert pairs(model, "--data", "named", "--split", "train")[0] == ("en train 0", "de train 0")
    assert pairs(model, "--data", "named", split="valid")[1] == ("en valid 1", "de valid 1")


@pytest.mark.parametrize(
    ("trained", "named"), [(("source", "target"), ("en", "de")), (("en", "de"), ("source", "target"))]
)
def test_where_one_names_none_they_are_taken_as_they_stand(corpus, trained, named):
    corpus(*named)
    assert pairs(translator(trained), "--data", "named")[0] == tuple(f"{name} test 0" for name in named)


@pytest.mark.parametrize("languages", [("en", "fr"), ("de", "fr"), ("fr", "zh"), ("source", "target", "fr")])
def test_a_corpus_in_other_languages_is_refused(corpus, languages):
    corpus(*languages)
    message = f"corpus named: languages {', '.join(languages)}, expected those of the model, en and de"
    with pytest.raises(InputError, match=message):
        pairs(translator(), "--data", "named")
