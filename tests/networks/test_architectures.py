"""Laws of the published networks: their parameter counts, their shortcuts, and what a transformer's
patches mean.
"""

from __future__ import annotations

import pytest
import torch

from landscape_app.networks import cnn, images, resnet, vit, wrn


def size(build, *args, **settings) -> int:
    """Parameters, counted without making them."""
    with torch.device("meta"):
        return sum(p.numel() for p in build(*args, **settings).parameters())


COLOUR = (3, 32, 32)


@pytest.mark.parametrize(
    ("width", "count"),
    [(1, 369_498), (2, 1_467_610), (3, 3_294_042), (4, 5_849_050), (10, 36_479_194)],
)
def test_a_wide_resnet_has_the_published_number_of_parameters(width, count):
    assert size(wrn.build, COLOUR, 10, depth=28, width=width) == count


@pytest.mark.parametrize(
    ("depth", "count"),
    [(20, 269_722), (32, 464_154), (44, 658_586), (56, 853_018), (110, 1_727_962)],
)
def test_a_resnet_has_the_published_number_of_parameters(depth, count):
    assert size(resnet.build, COLOUR, 10, depth=depth) == count


@pytest.mark.parametrize(
    ("build", "depth", "beside"),
    [(resnet.build, 20, 0), (resnet.build, 56, 0), (wrn.build, 16, 3), (wrn.build, 40, 3)],
)
def test_the_depth_in_the_name_counts_the_layers_with_weights_on_the_way(build, depth, beside):
    """A Wide ResNet of width > 1 has three projections beside the way, a ResNet of option A
    none.
    """
    with torch.device("meta"):
        network = build(COLOUR, 10, depth=depth, width=16 if build is resnet.build else 2)
    layers = [m for m in network.modules() if isinstance(m, (torch.nn.Conv2d, torch.nn.Linear))]
    # Zagoruyko & Komodakis count the three projections: 6n + 4 = 1 stem + 6n + 3 projections, the
    # classifier aside.
    assert len(layers) == (depth + 1 if beside else depth)


def pictures(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
def test_a_resnet_block_that_adds_nothing_passes_every_second_pixel_and_new_channels_are_zero():
    block = resnet.ResidualBlock(4, 8, 2).eval()
    block.norm2.weight.zero_()
    x = pictures(2, 4, 6, 6)
    y = block(x)
    assert torch.equal(y[:, :4], x[:, :, ::2, ::2])
    assert not y[:, 4:].any()


@torch.no_grad()
def test_a_wide_block_that_adds_nothing_is_its_shortcut():
    same, changed = wrn.WideBlock(4, 4, 1, 0.0).eval(), wrn.WideBlock(4, 8, 2, 0.0).eval()
    for block in (same, changed):
        block.conv2.weight.zero_()
    x = pictures(2, 4, 6, 6) - 0.5
    assert torch.equal(same(x), x)
    active = torch.relu(changed.norm1(x))
    torch.testing.assert_close(
        changed(x), torch.nn.functional.conv2d(active[:, :, ::2, ::2], changed.shortcut.weight)
    )


def test_convolutions_start_with_he_variance():
    network = torch.nn.Sequential(images.conv3(64, 128))
    with torch.random.fork_rng():
        torch.random.manual_seed(0)
        images.initialise(network)
    weight = network[0].weight.detach()
    assert abs(weight.mean()) < 1e-3
    assert weight.var() == pytest.approx(2 / (9 * 128), rel=0.03)


@pytest.mark.parametrize(
    ("shape", "side"),
    [
        ((8, 8), 2),
        ((28, 28), 4),
        ((32, 32), 4),
        ((64, 64), 8),
        ((224, 224), 32),
        ((5, 7), 1),
        ((2, 2), 1),
    ],
)
def test_patches_are_those_of_the_usual_image_sizes(shape, side):
    assert vit.patch_side(*shape) == side


@torch.no_grad()
def test_without_positions_a_transformer_sees_a_set_of_patches_and_with_them_their_places():
    network = vit.build((3, 6, 8), 4, width=24, depth=2).eval()
    x = pictures(2, 3, 6, 8)
    places = torch.randperm(12, generator=torch.Generator().manual_seed(1))
    patches = x.unfold(2, 2, 2).unfold(3, 2, 2).reshape(2, 3, 12, 2, 2)[:, :, places]
    moved = patches.reshape(2, 3, 3, 4, 2, 2).permute(0, 1, 2, 4, 3, 5).reshape(2, 3, 6, 8)
    assert not torch.allclose(network(x), network(moved), atol=1e-3)
    network.position.zero_()
    torch.testing.assert_close(network(x), network(moved), atol=1e-5, rtol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("width", [1, 24, 33, 64])
def test_attention_is_scaled_dot_product_attention_of_heads_that_divide_the_width(width):
    block = vit.build((1, 8, 8), 3, width=width, depth=1).blocks[0]
    qkv = pictures(2, 9, 3 * width)
    assert width % block.heads == 0
    q, k, v = (
        part.reshape(2, 9, block.heads, -1).transpose(1, 2) for part in qkv.split(width, dim=2)
    )
    expected = (
        torch.nn.functional.scaled_dot_product_attention(q, k, v)
        .transpose(1, 2)
        .reshape(2, 9, width)
    )
    torch.testing.assert_close(block._attend(qkv), expected)


@torch.no_grad()
@pytest.mark.parametrize("depth", [1, 2, 3, 6])
def test_a_cnn_of_any_depth_keeps_at_least_two_pixels(depth):
    network = cnn.build((1, 8, 12), 3, width=2, depth=depth).eval()
    assert sum(isinstance(m, torch.nn.Conv2d) for m in network) == depth
    seen = network[: 3 * depth](pictures(1, 1, 8, 12))
    assert min(seen.shape[2:]) >= 2
    assert network(pictures(1, 1, 8, 12)).shape == (1, 3)
