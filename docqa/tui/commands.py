"""What the command palette offers."""

from collections.abc import Iterator

from textual.command import DiscoveryHit, Hit, Hits, Provider

from docqa.messages import say

# Message of the command, and the action that carries it out.
_COMMANDS = (
    ("tui_commands.new_session", "screen.new_session"),
    ("tui_commands.sessions", "app.go('sessions')"),
    ("tui_commands.export", "app.go('export')"),
    ("tui_commands.library", "app.go('library')"),
    ("tui_commands.libraries", "app.go('libraries')"),
    ("tui_commands.model", "app.go('model')"),
    ("tui_commands.passages", "app.go('passages')"),
    ("tui_commands.open_mode", "screen.open_mode"),
    ("tui_commands.regenerate", "screen.regenerate"),
    ("tui_commands.edit_last", "screen.edit_last"),
    ("tui_commands.undo_rewrite", "screen.undo_rewrite"),
    ("tui_commands.copy_answer", "screen.copy_answer"),
    ("tui_commands.history", "app.go('history')"),
    ("tui_commands.editor", "screen.editor"),
    ("tui_commands.theme", "app.change_theme"),
    ("tui_commands.log", "app.log"),
    ("tui_commands.help", "app.help"),
    ("tui_commands.quit", "app.quit"),
)


class Commands(Provider):
    """The actions of the screen below the palette, by their worded names."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, action in self._possible():
            yield DiscoveryHit(name, lambda action=action: self._run(action))

    async def search(self, query: str) -> Hits:
        """Those whose name matches, best first."""
        matcher = self.matcher(query)
        for name, action in self._possible():
            if score := matcher.match(name):
                yield Hit(score, matcher.highlight(name), lambda action=action: self._run(action))

    def _possible(self) -> Iterator[tuple[str, str]]:
        for key, action in _COMMANDS:
            name = action.partition("(")[0].removeprefix("screen.")
            if action.startswith("app.") or hasattr(self.screen, f"action_{name}"):
                yield say(key), action

    async def _run(self, action: str) -> None:
        await self.screen.run_action(action)
