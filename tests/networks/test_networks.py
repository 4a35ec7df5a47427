"""Laws of every network: outputs of the right shape, initialised from its stream alone, its
settings its builder's, refusals in words.
"""

from __future__ import annotations

import inspect
import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.errors import ModelError, SpecError, UnknownNameError
from landscape_app.networks.construction import create, of_spec
from landscape_app.records.dataset import Dataset
from landscape_app.registries import DATASETS, NETWORKS
from landscape_app.settings import RunSpec, parse


def takes_rows(name: str) -> bool:
    """Whether the network takes rows of a table, or images only."""
    try:
        create(name, (4,), 3, seed=0)
    except ModelError:
        return False
    return True


IMAGES = [name for name in NETWORKS if not takes_rows(name)]
SETTINGS = [(name, setting) for name, entry in NETWORKS.items() for setting in entry.settings]
DROPPING = [name for name, entry in NETWORKS.items() if "dropout" in entry.settings]


def size(network: torch.nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def vector(network: torch.nn.Module) -> torch.Tensor:
    return torch.nn.utils.parameters_to_vector(network.parameters())


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32), (1, 28, 28), (2, 5, 7), (1, 4, 4)])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_gives_one_output_a_class_on_images_of_every_size(name, shape):
    network = create(name, shape, 7, seed=0).eval()
    with torch.no_grad():
        outputs = network(torch.rand(2, *shape, generator=torch.Generator().manual_seed(0)))
    assert outputs.shape == (2, 7)
    assert torch.isfinite(outputs).all()


@pytest.mark.parametrize("name", NETWORKS)
def test_a_seed_gives_its_weights_another_seed_others_and_chance_elsewhere_is_untouched(
    name,
):
    before = torch.random.get_rng_state()
    first, again, other = (vector(create(name, (1, 8, 8), 3, seed=s)) for s in (4, 4, 5))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("name", NETWORKS)
def test_the_table_names_the_settings_of_the_builder_and_a_run_can_set_each(name):
    entry = NETWORKS[name]
    keywords = {
        k for k, p in inspect.signature(entry.load()).parameters.items() if p.kind is p.KEYWORD_ONLY
    }
    assert set(entry.settings) == keywords
    assert keywords <= set(RunSpec.model_fields)


@pytest.mark.parametrize("name", NETWORKS)
def test_more_width_or_depth_is_more_parameters_and_none_is_the_networks_own(name):
    own = size(create(name, (1, 8, 8), 3, seed=0))
    assert size(create(name, (1, 8, 8), 3, seed=0, width=None, depth=None, dropout=None)) == own
    chosen = NETWORKS[name].settings
    if "width" in chosen:
        assert size(create(name, (1, 8, 8), 3, seed=0, width=2 * chosen["width"])) > own
    if "depth" in chosen:  # six layers more is a whole number of blocks in a residual network
        assert size(create(name, (1, 8, 8), 3, seed=0, depth=chosen["depth"] + 6)) > own


@settings(max_examples=25, deadline=None)
@given(
    width=st.integers(1, 40),
    depth=st.integers(0, 6),
    inputs=st.integers(1, 30),
    outputs=st.integers(1, 10),
)
def test_an_mlp_of_any_width_and_depth_has_the_parameters_of_its_layers(
    width, depth, inputs, outputs
):
    sizes = [inputs, *[width] * depth, outputs]
    expected = sum(a * b + b for a, b in itertools.pairwise(sizes))
    assert size(create("mlp", (inputs,), outputs, seed=0, width=width, depth=depth)) == expected


def test_the_digits_mlp_has_8970_parameters():
    assert size(create("mlp", (1, 8, 8), 10, seed=0)) == 8_970


@pytest.mark.parametrize("name", DROPPING)
def test_dropout_acts_in_training_only_and_changes_no_initial_weight(name):
    plain, dropping = (create(name, (1, 8, 8), 3, seed=0, dropout=p) for p in (0.0, 0.5))
    assert torch.equal(vector(plain), vector(dropping))
    x = torch.rand(8, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(plain.eval()(x), dropping.eval()(x))
    with torch.random.fork_rng():
        torch.random.manual_seed(0)
        assert not torch.allclose(plain.train()(x), dropping.train()(x))
    assert not any(isinstance(m, torch.nn.Dropout) for m in plain.modules())


@pytest.mark.parametrize("name", IMAGES)
def test_a_network_for_images_refuses_a_table_and_says_what_to_use(name):
    with pytest.raises(ModelError, match=r"shape \(4,\). Use an MLP"):
        create(name, (4,), 3, seed=0)


REFUSED = [
    ("resnet20", (1, 8, 8), {"depth": 19}, r"depth 6n\+2 .*, not 19. The nearest is 20"),
    ("wrn-28-2", (1, 8, 8), {"depth": 20}, r"depth 6n\+4 .*, not 20. The nearest is 22"),
    ("wrn-28-2", (1, 8, 8), {"depth": 4}, "The nearest is 10"),
    ("wrn-16-1", (3, 3, 9), {}, "at least 4×4 pixels; these are 3×9"),
    ("resnet20", (3, 9, 2), {}, "at least 4×4 pixels; these are 9×2"),
    (
        "resnet20",
        (1, 8, 8),
        {"dropout": 0.1},
        "'resnet20' has no setting 'dropout'; it accepts depth, width",
    ),
    ("vit", (1, 37, 41), {}, "into 1,517 patches of 1×1"),
    ("vit", (1, 8, 8), {"depth": 0}, "cannot have 0 blocks"),
    ("cnn", (1, 8, 8), {"depth": 0}, "cannot have 0 convolutions"),
    ("mlp", (4,), {"depth": -1}, "cannot have -1 hidden layers"),
    ("mlp", (4,), {"width": 0}, "cannot have width 0"),
]


@pytest.mark.parametrize(
    ("name", "shape", "given", "words"),
    REFUSED,
    ids=[f"{name} {given or shape}" for name, shape, given, _ in REFUSED],
)
def test_what_cannot_be_built_is_refused_in_words(name, shape, given, words):
    with pytest.raises(ModelError, match=words):
        create(name, shape, 3, seed=0, **given)


def test_an_unknown_network_gets_a_suggestion():
    with pytest.raises(UnknownNameError, match="Did you mean 'mlp'"):
        create("mpl", (4,), 3, seed=0)


@pytest.mark.parametrize(("name", "setting"), SETTINGS)
def test_a_run_sets_what_the_network_accepts(name, setting):
    assert (
        getattr(
            parse(RunSpec, {"network": name, setting: NETWORKS[name].settings[setting]}), setting
        )
        is not None
    )


def test_a_run_refuses_what_its_network_does_not_accept_before_anything_is_built():
    with pytest.raises(
        SpecError,
        match="dropout: the network 'resnet20' has no such setting; it accepts depth, width",
    ):
        parse(RunSpec, {"network": "resnet20", "dropout": 0.1})
    with pytest.raises(SpecError, match="'given' has no such setting; it accepts none"):
        parse(RunSpec, {"network": "given", "width": 3})


@pytest.mark.parametrize("data", ["iris", "linnerud"])
def test_the_network_of_a_spec_has_its_settings_and_an_output_for_each_class_or_target(data):
    rows: Dataset = DATASETS[data].load()(**DATASETS[data].settings)
    spec = parse(RunSpec, {"data": data, "network": "mlp-small", "width": 5, "depth": 2, "seed": 3})
    network = of_spec(spec, rows)
    assert network(torch.from_numpy(rows.x_test)).shape == (len(rows.x_test), 3)
    assert torch.equal(vector(network), vector(create("mlp", rows.shape, 3, seed=3, width=5)))
