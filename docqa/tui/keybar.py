"""The keys that work now, in the last line."""

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey


class KeyBar(Footer):
    """As many keys as fit whole, the focused pane's first; the last one explains them all."""

    def __init__(self) -> None:
        """One line, little space."""
        super().__init__(show_command_palette=False, compact=True)

    def compose(self) -> ComposeResult:
        """Leave out what would be cut off."""
        keys = [key for key in super().compose() if isinstance(key, FooterKey)]
        keys.sort(key=lambda key: key.action.endswith("help"))
        room = self.size.width - sum(_width(key) for key in keys[-1:])
        for key in keys[:-1]:
            room -= _width(key)
            if room >= 0:
                yield key
        yield from keys[-1:]

    async def on_resize(self) -> None:
        """Fit another width."""
        await self.recompose()


def _width(key: FooterKey) -> int:
    return cell_len(f"{key.key_display} {key.description} ")
