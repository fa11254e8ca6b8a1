"""The driver of aiokafka."""

import asyncio
import os
import sys
import time
from pathlib import Path

from aiokafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    TopicPartition,
    __version__,
    errors,
)
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.structs import OffsetAndMetadata

sys.path.insert(0, str(Path(__file__).parents[1]))
from json_lines import (  # noqa: E402
    BATCH_BYTES_MAX,
    PATIENCE_S,
    Positions,
    decoded,
    described,
    pairs,
    place,
    serve,
    told,
)

BROKER = {"bootstrap_servers": os.environ["BOOTSTRAP"]}
ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobinPartitionAssignor,
    "sticky": StickyPartitionAssignor,
}


def partitions_of(places):
    return pairs(TopicPartition, places)


def raise_code(code, message=""):
    """Raises what some of the administrator's answers only carry."""
    if code != 0:
        raise errors.for_code(code)(message)


async def started(made):
    """Starts a client; what does not start is stopped, else it goes on trying."""
    try:
        await asyncio.wait_for(made.start(), PATIENCE_S)
    except BaseException:
        await made.stop()
        raise
    return made


class Consumer(Positions):
    """One AIOKafkaConsumer."""

    Partition = TopicPartition

    def __init__(self, group, settings):
        self.library = AIOKafkaConsumer(
            group_id=group, enable_auto_commit=False, **BROKER, **settings
        )

    def subscribe(self, topics):
        self.library.subscribe(topics)

    async def assign(self, partitions):
        self.library.assign(partitions_of(partitions))
        for one, partition in zip(partitions, partitions_of(partitions)):
            match one["offset"]:
                case "earliest":
                    await self.library.seek_to_beginning(partition)
                case "latest":
                    await self.library.seek_to_end(partition)
                case offset:
                    self.library.seek(partition, offset)

    async def poll(self, max, timeout_ms):
        records, end = [], time.monotonic() + timeout_ms / 1000
        while len(records) < max and (left := end - time.monotonic()) > 0:
            got = await self.library.getmany(
                timeout_ms=left * 1000, max_records=max - len(records)
            )
            records += [told(record) for batch in got.values() for record in batch]
        return records

    async def position(self, topic, partition):
        return await self.library.position(TopicPartition(topic, partition))

    async def commit(self, offsets):
        await self.library.commit({
            partition: OffsetAndMetadata(one["offset"], one.get("metadata") or "")
            for one, partition in zip(offsets, partitions_of(offsets))
        })

    async def committed(self, partitions):
        found = [(p, await self.library.committed(p)) for p in partitions_of(partitions)]
        return [{**place(p), "offset": -1 if offset is None else offset} for p, offset in found]

    async def close(self):
        await self.library.stop()


class Driver:
    """A producer for each way to send, an administrator, a consumer that only looks up offsets."""

    def __init__(self):
        self.producers = {}
        self.making = asyncio.Lock()

    async def start(self):
        self.admin = AIOKafkaAdminClient(**BROKER)
        await self.admin.start()
        self.reader = await started(AIOKafkaConsumer(**BROKER))
        return self

    async def close(self):
        for client in [*self.producers.values(), self.reader]:
            await client.stop()
        await self.admin.close()

    async def producer(self, acks, codec, idempotent):
        way = (acks, codec, idempotent)
        async with self.making:
            if way not in self.producers:
                self.producers[way] = await started(AIOKafkaProducer(
                    acks=acks,
                    compression_type=None if codec == "none" else codec,
                    enable_idempotence=idempotent,
                    max_request_size=BATCH_BYTES_MAX,
                    # After its 40 s it gives records up; a broker on a busy machine starts longer.
                    request_timeout_ms=PATIENCE_S * 1000,
                    **BROKER,
                ))
            return self.producers[way]

    async def produce(self, records, acks, codec, idempotent):
        producer = await self.producer(acks, codec, idempotent)
        sent = [
            await producer.send(
                record["topic"],
                key=decoded(record["key"]),
                value=decoded(record["value"]),
                headers=[(name, decoded(value)) for name, value in record["headers"]],
                partition=record.get("partition"),
                timestamp_ms=record.get("timestamp"),
            )
            for record in records
        ]
        # Without acknowledgement there is no place to tell, not even the partition.
        done = await asyncio.gather(*sent)
        if acks == 0:
            return [{"partition": record.get("partition", -1), "offset": -1} for record in records]
        return [{"partition": one.partition, "offset": one.offset} for one in done]

    async def open_consumer(
        self, auto_offset_reset, group=None, instance_id=None, assignor=None,
        session_timeout_ms=None, heartbeat_ms=None, isolation=None,
    ):
        settings = {
            "auto_offset_reset": auto_offset_reset,
            "group_instance_id": instance_id,
            "partition_assignment_strategy": ASSIGNORS.get(assignor) and [ASSIGNORS[assignor]],
            "session_timeout_ms": session_timeout_ms,
            "heartbeat_interval_ms": heartbeat_ms,
            "isolation_level": isolation,
        }
        given = {name: value for name, value in settings.items() if value is not None}
        consumer = Consumer(group, given)
        await started(consumer.library)
        return consumer

    async def offsets(self, partitions, at):
        asked = partitions_of(partitions)
        if at == "earliest":
            found = await self.reader.beginning_offsets(asked)
        elif at == "latest":
            found = await self.reader.end_offsets(asked)
        else:
            times = await self.reader.offsets_for_times({p: at for p in asked})
            found = {p: -1 if one is None else one.offset for p, one in times.items()}
        return [{**place(p), "offset": found[p]} for p in asked]

    async def create_topics(self, topics):
        answer = await self.admin.create_topics([
            NewTopic(
                topic["name"],
                topic["partitions"],
                topic["replicationFactor"],
                topic_configs=topic.get("configs"),
            )
            for topic in topics
        ])
        for _, code, message in answer.topic_errors:
            raise_code(code, message)

    async def delete_topics(self, names):
        answer = await self.admin.delete_topics(names)
        for _, code in answer.topic_error_codes:
            raise_code(code)

    async def create_partitions(self, topic, total):
        await self.admin.create_partitions({topic: NewPartitions(total)})

    async def list_topics(self):
        topics = await self.admin.describe_topics()
        return [{"name": one["topic"], "partitions": len(one["partitions"])} for one in topics]

    async def delete_records(self, partitions):
        asked = partitions_of(partitions)
        before = {p: RecordsToDelete(one["offset"]) for p, one in zip(asked, partitions)}
        marks = await self.admin.delete_records(before)
        return [marks[partition] for partition in asked]

    async def describe_configs(self, type, name):
        [answer] = await self.admin.describe_configs([ConfigResource(type.upper(), name)])
        [(code, message, _, _, entries)] = answer.resources
        raise_code(code, message)
        return {entry[0]: entry[1] for entry in entries}

    async def alter_configs(self, type, name, set, remove):
        """Not incremental: what is not set goes back to its default, as do those to remove."""
        answers = await self.admin.alter_configs([ConfigResource(type.upper(), name, set)])
        for answer in answers:
            for code, message, *_ in answer.resources:
                raise_code(code, message)

    async def list_groups(self):
        return [group for group, _ in await self.admin.list_consumer_groups()]

    async def describe_group(self, group):
        [answer] = await self.admin.describe_consumer_groups([group])
        [(code, _, state, _, protocol, members, *_)] = answer.groups
        raise_code(code)
        described_members = [{"id": member[0], "clientId": member[1]} for member in members]
        return {"state": state, "protocol": protocol, "members": described_members}

    async def transactional(self, transactional_id, timeout_ms):
        producer = AIOKafkaProducer(
            transactional_id=transactional_id, transaction_timeout_ms=timeout_ms, **BROKER
        )
        begun = time.monotonic()
        ended = {}
        try:
            await asyncio.wait_for(producer.start(), PATIENCE_S)
        except Exception as error:
            ended = described(error)
        millis = (time.monotonic() - begun) * 1000
        await producer.stop()
        return {"millis": millis, **ended}


async def main():
    ready = {
        "client": "aiokafka",
        "version": __version__,
        "codecs": ["none", "gzip", "snappy", "lz4", "zstd"],
        "assignors": list(ASSIGNORS),
        # It has no number for INVALID_RECORD, and does not tell a member that it is fenced.
        "lacks": ["deleteGroups", "invalid-record-error", "fenced-instance-error"],
    }
    await serve(await Driver().start(), ready)


asyncio.run(main())
