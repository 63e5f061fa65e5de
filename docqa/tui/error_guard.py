"""Parts of the chat that outlive an error in one of their handlers."""

from textual.message import Message
from textual.message_pump import MessagePump


class Sturdy(MessagePump):
    """Goes on with the next message; Textual would stop listening, and the app would close."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            self.app._handle_exception(error)
