"""A kernel manager and client that wait for what they need, and not for a fixed time.

jupyter_client gives a new kernel a fifth of a second in which nothing may arrive, and looks every tenth of a
second whether a killed one is gone. In grading, a quarter of the time of a small submission went there.
"""

import time
from queue import Empty

import zmq
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from traitlets import DottedObjectName, Type

from checks.wire import MAX_BYTES

__all__ = ["PromptClient", "PromptManager"]


LARGEST_MESSAGE = 4 * MAX_BYTES
"""Bytes; an answer to the oracle is text within text, and no output of a cell is kept that long."""
SEND_MILLISECONDS = 10_000  # a request that nobody takes, since the connection was cut, is an error then
MOST_WAITING = 20  # messages that are kept while earlier ones are read; more wait in the kernel


class PromptClient(AsyncKernelClient):
    """Takes a kernel for ready when it has answered a request and said that it is idle again.

    It takes in no message that is larger than any it would read, and few at a time: the connection to a
    kernel that sends one is cut before it has arrived.
    """

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> zmq.Socket:
        self.context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        self.context.setsockopt(zmq.RCVHWM, MOST_WAITING)
        self.context.setsockopt(zmq.SNDTIMEO, SEND_MILLISECONDS)
        return super()._create_connected_socket(channel, identity)

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask for the kernel's information until the reply and the end of the request have been seen.

        The end comes on another channel, which may have been connected too late to see it; then the request
        is made once more.

        Raises
        ------
        RuntimeError
            The kernel died, or did not answer in time.
        """
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        asked = set()
        while True:
            asked.add(self.kernel_info())
            if (reply := await self._arrived(self.shell_channel, asked, "kernel_info_reply", 1.0)) and (
                await self._arrived(self.iopub_channel, asked, "idle", 0.2)
            ):
                self._handle_kernel_info_reply(reply)
                return
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    wait_for_ready = _async_wait_for_ready

    async def _arrived(self, channel, asked: set[str], what: str, seconds: float) -> dict | None:
        """Read a channel up to a message of this type, or of this state, that answers one of ours."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                message = await channel.get_msg(timeout=left)
            except Empty:
                return None
            kind = message["content"].get("execution_state", message["msg_type"])
            if kind == what and message["parent_header"].get("msg_id") in asked:
                return message
        return None


class PromptManager(AsyncKernelManager):
    """Uses `PromptClient`, and notices within milliseconds that a kernel is gone."""

    client_class = DottedObjectName(f"{__name__}.PromptClient")
    client_factory = Type(PromptClient, AsyncKernelClient)

    async def _async_wait(self, pollinterval: float = 0.005) -> None:
        await super()._async_wait(min(pollinterval, 0.005))
