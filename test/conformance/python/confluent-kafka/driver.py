"""The driver of confluent-kafka for Python; ../../cases/README.md has the protocol."""

import asyncio
import os
import sys
import time
import uuid
from pathlib import Path

import confluent_kafka
from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    ConsumerGroupState,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
)

sys.path.insert(0, str(Path(__file__).parent.parent))
from json_lines import (  # noqa: E402
    BATCH_BYTES_MAX,
    PATIENCE_S,
    OnOneThread,
    ProducersAndAdmin,
    decoded,
    described,
    encoded,
    place,
    serve,
)

BROKER = {"bootstrap.servers": os.environ["BOOTSTRAP"]}
OFFSETS = {"earliest": OFFSET_BEGINNING, "latest": OFFSET_END}
RESETS = {"earliest": "earliest", "latest": "latest", "none": "error"}


def results(futures):
    """Waits for all that an administrator asked for; raises the first failure."""
    return {key: future.result(PATIENCE_S) for key, future in futures.items()}


def places(partitions):
    return [
        TopicPartition(one["topic"], one["partition"], OFFSETS.get(offset, offset))
        for one in partitions
        for offset in [one.get("offset", 0)]
    ]


def failing(error):
    """Raises the error of a partition or a record where it has one."""
    if error is not None:
        raise KafkaException(error)


class Reader:
    """A consumer."""

    def __init__(self, settings):
        self.library = confluent_kafka.Consumer(BROKER | settings)

    def subscribe(self, topics):
        self.library.subscribe(topics)

    def assign(self, partitions):
        self.library.assign(places(partitions))

    def poll(self, max, timeout_ms):
        messages = self.library.consume(max, timeout_ms / 1000)
        for message in messages:
            failing(message.error())
        return [
            {
                "topic": message.topic(),
                "partition": message.partition(),
                "offset": message.offset(),
                "timestamp": message.timestamp()[1],
                "key": encoded(message.key()),
                "value": encoded(message.value()),
                "headers": [[name, encoded(value)] for name, value in message.headers() or []],
            }
            for message in messages
        ]

    def assignment(self):
        return [place(partition) for partition in self.library.assignment()]

    def seek(self, topic, partition, offset):
        self.library.seek(TopicPartition(topic, partition, offset))

    def pause(self, partitions):
        self.library.pause(places(partitions))

    def resume(self, partitions):
        self.library.resume(places(partitions))

    def position(self, topic, partition):
        return self.library.position([TopicPartition(topic, partition)])[0].offset

    def commit(self, offsets):
        wanted = [
            TopicPartition(one["topic"], one["partition"], one["offset"], one.get("metadata", ""))
            for one in offsets
        ]
        for done in self.library.commit(offsets=wanted, asynchronous=False):
            failing(done.error)

    def committed(self, partitions):
        found = self.library.committed(places(partitions), PATIENCE_S)
        return [{**place(one), "offset": max(one.offset, -1)} for one in found]

    def close(self):
        self.library.close()


class Admin:
    """What has to do with neither producer nor consumer."""

    def __init__(self):
        self.library = AdminClient(BROKER)

    def offsets(self, partitions, at):
        named = {"earliest": OffsetSpec.earliest, "latest": OffsetSpec.latest}
        spec = named[at]() if at in named else OffsetSpec.for_timestamp(at)
        asked = [TopicPartition(one["topic"], one["partition"]) for one in partitions]
        found = results(self.library.list_offsets({one: spec for one in asked}))
        return [{**place(one), "offset": found[one].offset} for one in asked]

    def create_topics(self, topics):
        made = [
            NewTopic(
                topic["name"],
                topic["partitions"],
                topic["replicationFactor"],
                config=topic.get("configs", {}),
            )
            for topic in topics
        ]
        results(self.library.create_topics(made))

    def delete_topics(self, names):
        results(self.library.delete_topics(names))

    def create_partitions(self, topic, total):
        results(self.library.create_partitions([NewPartitions(topic, total)]))

    def list_topics(self):
        topics = self.library.list_topics(timeout=PATIENCE_S).topics.values()
        return [{"name": one.topic, "partitions": len(one.partitions)} for one in topics]

    def describe_configs(self, type, name):
        [found] = results(self.library.describe_configs([ConfigResource(type, name)])).values()
        return {entry.name: entry.value for entry in found.values()}

    def alter_configs(self, type, name, set, remove):
        changes = [(config, value, AlterConfigOpType.SET) for config, value in set.items()]
        changes += [(config, None, AlterConfigOpType.DELETE) for config in remove]
        entries = [ConfigEntry(c, v, incremental_operation=operation) for c, v, operation in changes]
        resource = ConfigResource(type, name, incremental_configs=entries)
        results(self.library.incremental_alter_configs([resource]))

    def list_groups(self):
        groups = self.library.list_consumer_groups().result(PATIENCE_S).valid
        return [group.group_id for group in groups]

    def describe_group(self, group):
        found = self.library.describe_consumer_groups([group])[group].result(PATIENCE_S)
        members = [{"id": one.member_id, "clientId": one.client_id} for one in found.members]
        state = "Stable" if found.state == ConsumerGroupState.STABLE else found.state.name
        return {"state": state, "protocol": found.partition_assignor, "members": members}

    def delete_groups(self, groups):
        results(self.library.delete_consumer_groups(groups))

    def delete_records(self, partitions):
        asked = places(partitions)
        found = results(self.library.delete_records(asked))
        return [found[one].low_watermark for one in asked]


class Driver(ProducersAndAdmin):
    """A producer for each way to send, an administrator and any number of consumers."""

    def __init__(self):
        super().__init__(Admin)

    def send(self, records, way):
        if way not in self.producers:
            acks, codec, idempotent = way
            settings = {
                "acks": acks,
                "compression.type": codec,
                "enable.idempotence": idempotent,
                "message.max.bytes": BATCH_BYTES_MAX,
            }
            self.producers[way] = Producer(BROKER | settings)
        producer = self.producers[way]
        done = [None] * len(records)

        def keep(index):
            def delivered(error, message):
                done[index] = (error, message)

            return delivered

        for index, record in enumerate(records):
            given = {name: record[name] for name in ("partition", "timestamp") if name in record}
            producer.produce(
                record["topic"],
                key=decoded(record["key"]),
                value=decoded(record["value"]),
                headers=[(name, decoded(value)) for name, value in record["headers"]],
                on_delivery=keep(index),
                **given,
            )
        if producer.flush(PATIENCE_S) > 0:
            raise TimeoutError("records are left unacknowledged")
        for error, _ in done:
            failing(error)
        # Without acknowledgement there is no offset.
        offset = (lambda one: -1) if way[0] == 0 else (lambda one: one.offset())
        return [{"partition": one.partition(), "offset": offset(one)} for _, one in done]

    async def open_consumer(
        self, auto_offset_reset, group=None, instance_id=None, assignor=None,
        session_timeout_ms=None, heartbeat_ms=None,
    ):
        settings = {
            # It wants a group also where it has none.
            "group.id": group or f"none-{uuid.uuid4()}",
            "group.instance.id": instance_id,
            "partition.assignment.strategy": assignor,
            "session.timeout.ms": session_timeout_ms,
            "heartbeat.interval.ms": heartbeat_ms,
            "auto.offset.reset": RESETS[auto_offset_reset],
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 200,
        }
        given = {name: value for name, value in settings.items() if value is not None}
        return await asyncio.to_thread(OnOneThread, Reader, given)

    async def transactional(self, transactional_id, timeout_ms):
        def start():
            producer = Producer(BROKER | {"transactional.id": transactional_id})
            try:
                producer.init_transactions(timeout_ms / 1000)
                return {}
            except KafkaException as error:
                return described(error)

        begun = time.monotonic()
        ended = await asyncio.to_thread(start)
        return {"millis": (time.monotonic() - begun) * 1000, **ended}

    async def close(self):
        """Nothing is open but what ends with the process: each produce waits for its records."""


READY = {
    "client": "confluent-kafka",
    "version": f"{confluent_kafka.__version__} (librdkafka {confluent_kafka.libversion()[0]})",
    "codecs": ["none", "gzip", "snappy", "lz4", "zstd"],
    "assignors": ["range", "roundrobin", "cooperative-sticky"],
    "lacks": [],
}
asyncio.run(serve(Driver(), READY))
