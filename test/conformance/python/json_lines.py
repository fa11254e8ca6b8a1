"""What the drivers in Python share: the lines of JSON of ../cases/README.md.

A driver is an object with a method for each operation, in snake case with the request's fields as
keyword arguments. Operations that name a consumer go to the method of that consumer. Methods may
be coroutines.
"""

import asyncio
import base64
import functools
import inspect
import json
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

# What producers send and consumers take at most: the cases make the topic the judge of a size.
BATCH_BYTES_MAX = 12 * 2**20
# The cases wait 120 s for an answer.
PATIENCE_S = 110


class OnOneThread:
    """Calls an object's methods on a thread of its own, one after another."""

    def __init__(self, make, *args, **fields):
        self._thread = ThreadPoolExecutor(1)
        self._object = self._thread.submit(make, *args, **fields).result()

    def __getattr__(self, name):
        method = getattr(self._object, name)

        def call(*args, **fields):
            run = functools.partial(method, *args, **fields)
            return asyncio.get_running_loop().run_in_executor(self._thread, run)

        return call


def encoded(data):
    return None if data is None else base64.b64encode(data).decode()


def decoded(text):
    return None if text is None else base64.b64decode(text)


def told(record):
    """A consumed record: both libraries have the same attributes."""
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "key": encoded(record.key),
        "value": encoded(record.value),
        "headers": [[name, encoded(value)] for name, value in record.headers],
    }


def place(partition):
    return {"topic": partition.topic, "partition": partition.partition}


def pairs(make, places):
    """Partitions by the library's own class, which takes a topic and a number."""
    return [make(one["topic"], one["partition"]) for one in places]


class Positions:
    """A consumer's calls on partitions, which aiokafka and kafka-python have alike.

    A subclass has its `library`, and in `Partition` the library's own pair of topic and number.
    """

    def assignment(self):
        return [place(partition) for partition in self.library.assignment()]

    def seek(self, topic, partition, offset):
        self.library.seek(self.Partition(topic, partition), offset)

    def pause(self, partitions):
        self.library.pause(*pairs(self.Partition, partitions))

    def resume(self, partitions):
        self.library.resume(*pairs(self.Partition, partitions))


class ProducersAndAdmin:
    """The driver of a library that blocks: operations are the administrator's, on its own thread.

    A subclass has `send(records, way)` for what is produced, a producer for each way.
    """

    def __init__(self, make_admin):
        self.producers = {}
        self.admin = OnOneThread(make_admin)

    def __getattr__(self, name):
        return getattr(self.admin, name)

    async def produce(self, records, acks, codec, idempotent):
        return await asyncio.to_thread(self.send, records, (acks, codec, idempotent))


def described(error):
    """What a failure tells: the libraries have Kafka's number and name of a broker's error."""
    cause = error.args[0] if error.args else None
    if callable(getattr(cause, "code", None)):  # librdkafka's error within an exception
        return {"code": cause.code(), "name": cause.name(), "message": cause.str()}
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        return {"code": number, "name": getattr(error, "message", None), "message": str(error)}
    name = {"NoOffsetForPartitionError": "_NO_OFFSET"}.get(type(error).__name__)
    return {"code": -1000, "name": name or type(error).__name__, "message": str(error)}


def snake(name):
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def say(**line):
    print(json.dumps(line), flush=True)


async def settled(result):
    return await result if inspect.isawaitable(result) else result


class Conversation:
    """Answers requests by a driver; consumers are kept by their names in the cases."""

    def __init__(self, driver):
        self.driver = driver
        self.consumers = {}

    async def answer(self, line):
        request = json.loads(line)
        number, operation = request.pop("id"), snake(request.pop("op"))
        try:
            fields = {snake(name): value for name, value in request.items()}
            say(id=number, ok=await self.run(operation, fields))
        except Exception as error:  # Whatever it is, the case is told.
            say(id=number, error=described(error))

    async def run(self, operation, fields):
        if operation == "open_consumer":
            name = fields.pop("consumer")
            self.consumers[name] = await settled(self.driver.open_consumer(**fields))
            return None
        if operation == "close_consumer":
            return await settled(self.consumers.pop(fields["consumer"]).close())
        name = fields.pop("consumer", None)
        target = self.driver if name is None else self.consumers[name]
        return await settled(getattr(target, operation)(**fields))

    async def close(self):
        for consumer in self.consumers.values():
            try:
                await settled(consumer.close())
            except Exception as error:
                print("closing a consumer:", repr(error), file=sys.stderr)
        await settled(self.driver.close())


def read_lines(loop, lines):
    """Hands on standard input line by line, then None; a thread, since a pipe has no limit."""
    for line in sys.stdin:
        loop.call_soon_threadsafe(lines.put_nowait, line)
    loop.call_soon_threadsafe(lines.put_nowait, None)


async def serve(driver, ready):
    """Says that it is ready and answers until the input ends, each request beside the others."""
    conversation = Conversation(driver)
    lines = asyncio.Queue()
    thread = threading.Thread(target=read_lines, args=(asyncio.get_running_loop(), lines))
    thread.daemon = True
    thread.start()
    say(ready=ready)
    running = set()
    while (line := await lines.get()) is not None:
        task = asyncio.create_task(conversation.answer(line))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    await conversation.close()
