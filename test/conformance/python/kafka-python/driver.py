"""The driver of kafka-python. Its clients are not safe for threads: each has one of its own."""

import asyncio
import os
import re
import sys
import time
from pathlib import Path

from kafka import (
    KafkaAdminClient,
    KafkaConsumer,
    KafkaProducer,
    OffsetAndMetadata,
    OffsetSpec,
    TopicPartition,
    errors,
)
from kafka.admin import ConfigResource
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.version import __version__

sys.path.insert(0, str(Path(__file__).parents[1]))
from json_lines import (  # noqa: E402
    BATCH_BYTES_MAX,
    PATIENCE_S,
    OnOneThread,
    Positions,
    ProducersAndAdmin,
    decoded,
    described,
    pairs,
    place,
    serve,
    told,
)

BROKER = {"bootstrap_servers": os.environ["BOOTSTRAP"], "reconnect_backoff_max_ms": 500}
ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobinPartitionAssignor,
    "sticky": StickyPartitionAssignor,
    "cooperative-sticky": CooperativeStickyAssignor,
}
ENDS = {"earliest": OffsetSpec.EARLIEST, "latest": OffsetSpec.LATEST}


def partitions_of(places):
    return pairs(TopicPartition, places)


def raise_named(result):
    """Raises what some of the administrator's calls only name: "OK", an error's class or text."""
    if result == "OK":
        return
    if code := re.match(r"\[Error (-?\d+)\]", result):
        raise errors.for_code(int(code[1]))(result)
    raise getattr(errors, result)()


class Consumer(Positions):
    """One KafkaConsumer."""

    Partition = TopicPartition

    def __init__(self, group, settings):
        self.group = group
        self.library = KafkaConsumer(group_id=group, enable_auto_commit=False, **BROKER, **settings)

    def subscribe(self, topics):
        self.library.subscribe(topics)

    def assign(self, partitions):
        self.library.assign(partitions_of(partitions))
        for one, partition in zip(partitions, partitions_of(partitions)):
            match one["offset"]:
                case "earliest":
                    self.library.seek_to_beginning(partition)
                case "latest":
                    self.library.seek_to_end(partition)
                case offset:
                    self.library.seek(partition, offset)

    def poll(self, max, timeout_ms):
        records, end = [], time.monotonic() + timeout_ms / 1000
        while len(records) < max and (left := end - time.monotonic()) > 0:
            got = self.library.poll(timeout_ms=left * 1000, max_records=max - len(records))
            records += [told(record) for batch in got.values() for record in batch]
        return records

    def position(self, topic, partition):
        return self.library.position(TopicPartition(topic, partition), timeout_ms=PATIENCE_S * 1000)

    def commit(self, offsets):
        self.library.commit({
            partition: OffsetAndMetadata(one["offset"], one.get("metadata") or "", -1)
            for one, partition in zip(offsets, partitions_of(offsets))
        })

    def committed(self, partitions):
        found = [(p, self.library.committed(p)) for p in partitions_of(partitions)]
        return [{**place(p), "offset": -1 if offset is None else offset} for p, offset in found]

    def close(self):
        self.library.close(autocommit=False)


class Admin:
    """One KafkaAdminClient."""

    def __init__(self):
        self.library = KafkaAdminClient(**BROKER)

    def create_topics(self, topics):
        self.library.create_topics({
            topic["name"]: {
                "num_partitions": topic["partitions"],
                "replication_factor": topic["replicationFactor"],
                "configs": topic.get("configs", {}),
            }
            for topic in topics
        })

    def delete_topics(self, names):
        self.library.delete_topics(names)

    def create_partitions(self, topic, total):
        self.library.create_partitions({topic: total})

    def list_topics(self):
        topics = self.library.describe_topics()
        return [{"name": one["name"], "partitions": len(one["partitions"])} for one in topics]

    def delete_records(self, partitions):
        asked = {p: one["offset"] for p, one in zip(partitions_of(partitions), partitions)}
        answer = self.library.delete_records(asked)
        return [answer[partition]["low_watermark"] for partition in asked]

    def offsets(self, partitions, at):
        asked = partitions_of(partitions)
        found = self.library.list_partition_offsets({p: ENDS.get(at, at) for p in asked})
        return [
            {**place(p), "offset": found[p].offset, "timestamp": found[p].timestamp} for p in asked
        ]

    def describe_configs(self, type, name):
        resource = ConfigResource(type.upper(), name)
        described = self.library.describe_configs([resource], config_filter="all")[type][name]
        return {key: config["value"] for key, config in described.items()}

    def alter_configs(self, type, name, set, remove):
        changes = {key: ("SET", value) for key, value in set.items()}
        changes.update({key: ("DELETE", None) for key in remove})
        resource = ConfigResource(type.upper(), name, configs=changes)
        # Else it asks the broker first and refuses unknown names by itself.
        answer = self.library.alter_configs([resource], raise_on_unknown=False)
        raise_named(answer[type][name])

    def list_groups(self):
        return [group["group_id"] for group in self.library.list_groups()]

    def describe_group(self, group):
        found = self.library.describe_groups([group])[group]
        members = [
            {"id": member["member_id"], "clientId": member["client_id"]}
            for member in found["members"]
        ]
        state, protocol = found["group_state"], found["protocol_data"]
        return {"state": state, "protocol": protocol, "members": members}

    def delete_groups(self, groups):
        for result in self.library.delete_groups(groups).values():
            raise_named(result)

    def close(self):
        self.library.close()


class Driver(ProducersAndAdmin):
    """A producer for each way to send, an administrator and any number of consumers."""

    def __init__(self):
        super().__init__(Admin)

    def send(self, records, way):
        if way not in self.producers:
            acks, codec, idempotent = way
            self.producers[way] = KafkaProducer(
                acks=acks,
                compression_type=None if codec == "none" else codec,
                enable_idempotence=idempotent,
                max_request_size=BATCH_BYTES_MAX,
                **BROKER,
            )
        producer = self.producers[way]
        sent = [
            producer.send(
                record["topic"],
                key=decoded(record["key"]),
                value=decoded(record["value"]),
                headers=[(name, decoded(value)) for name, value in record["headers"]],
                partition=record.get("partition"),
                timestamp_ms=record.get("timestamp"),
            )
            for record in records
        ]
        done = [future.get(PATIENCE_S) for future in sent]
        offset = (lambda one: -1) if way[0] == 0 else (lambda one: one.offset)
        return [{"partition": one.partition, "offset": offset(one)} for one in done]

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
        return await asyncio.to_thread(OnOneThread, Consumer, group, given)

    async def transactional(self, transactional_id, timeout_ms):
        def start():
            producer = KafkaProducer(
                transactional_id=transactional_id, transaction_timeout_ms=timeout_ms, **BROKER
            )
            try:
                begun = time.monotonic()
                producer.init_transactions()
                return {}
            except Exception as error:
                return described(error)
            finally:
                start.millis = (time.monotonic() - begun) * 1000
                producer.close(0)

        ended = await asyncio.to_thread(start)
        return {"millis": start.millis, **ended}

    async def close(self):
        for producer in self.producers.values():
            await asyncio.to_thread(producer.close, 5)
        await self.admin.close()


READY = {
    "client": "kafka-python",
    "version": __version__,
    "codecs": ["none", "gzip", "snappy", "lz4", "zstd"],
    "assignors": list(ASSIGNORS),
    # It only logs that a member is fenced, and drops the error that goes with described configs.
    "lacks": ["null-headers", "fenced-instance-error", "describe-configs-error"],
}
asyncio.run(serve(Driver(), READY))
