"""The registry of tasks that `docqa task` can do with every document."""

from collections.abc import Mapping

from docqa.registries import Entry


class TaskEntry(Entry):
    """A task; its opener gives a `docqa.answer.tasks.task.Task`."""

    def __init__(
        self,
        opener: str,
        package: str = "",
        extra: str = "",
        label: str = "",
        *,
        needs: str = "",
    ) -> None:
        super().__init__(opener, package, extra, label)
        self.needs = needs
        """What it must be given beside documents: `labels` or `text`."""


# Its words are `task.<name>`; its prompts `prompts/tasks/<name>.<language>.txt`.
TASKS: Mapping[str, TaskEntry] = {
    "classify": TaskEntry("docqa.answer.tasks.classify:Classify", needs="labels"),
    "keywords": TaskEntry("docqa.answer.tasks.keywords:Keywords"),
    "entities": TaskEntry("docqa.answer.tasks.entities:Entities"),
    "similar": TaskEntry("docqa.answer.tasks.similar:Similar", needs="text"),
    "follows": TaskEntry("docqa.answer.tasks.follows:Follows", needs="text"),
}
