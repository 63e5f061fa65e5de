"""Paints notes above the panes without losing a character at a border beneath them."""

from collections.abc import Callable, Mapping, Sequence

from textual._compositor import Compositor, CompositorUpdate
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets._toast import Toast


class NoteCompositor(Compositor):
    """Textual cuts every line at the edges of all widgets, those hidden under a note as well.

    A wide character of the note that lies across such an edge would become two blanks. Here a
    line is not cut where a note covers it. Without notes, everything is Textual's own.
    """

    @property
    def cuts(self) -> list[list[int]]:
        """Where each line is cut: at edges that can be seen."""
        known = self._cuts
        cuts = super().cuts
        if known is None:
            for note in self._find_notes():
                for y in note.line_range:
                    cuts[y] = [cut for cut in cuts[y] if not note.x < cut < note.right]
        return cuts

    def render_partial_update(self) -> CompositorUpdate | None:  # type: ignore[override]
        """Repaint a note whole: half of a wide character cannot be painted."""
        for note in self._find_notes():
            if any(note.overlaps(region) for region in self._dirty_regions):
                self._dirty_regions.add(note)
        return super().render_partial_update()

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> Sequence[Mapping[int, Strip]]:
        if not self._find_notes():
            return super()._render_chops(crop, is_rendered_line)
        lines: list[dict[int, Strip | None]] = [dict.fromkeys(cuts[:-1]) for cuts in self.cuts]
        # The widgets come front to back: what is painted first stays.
        for region, clip, strips in self._get_renders(crop):
            area = region.intersection(clip)
            for y, strip in zip(area.line_range, strips, strict=False):
                if is_rendered_line(y):
                    for x, piece in _cut(strip, area, self.cuts[y]):
                        if lines[y].get(x, piece) is None:
                            lines[y][x] = piece
        return lines  # type: ignore[return-value]

    def _find_notes(self) -> list[Region]:
        return [
            region.intersection(clip)
            for widget, (region, clip) in self.visible_widgets.items()
            if isinstance(widget, Toast)
        ]


def _cut(strip: Strip, area: Region, cuts: Sequence[int]) -> list[tuple[int, Strip]]:
    """The pieces of a widget's line, each with the cut that it begins at."""
    starts = [cut for cut in cuts if area.x <= cut < area.right]
    if not starts:
        return []
    ends = [cut - area.x for cut in (*starts, area.right) if cut > area.x]
    pieces = list(strip.divide(ends))
    # Begins under a note: its first piece is hidden.
    if starts[0] > area.x:
        del pieces[0]
    return list(zip(starts, pieces, strict=False))
