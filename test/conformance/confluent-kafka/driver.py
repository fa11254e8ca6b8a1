"""The driver of confluent-kafka for Python; ../cases/README.md has the protocol."""

import base64
import json
import os
import queue
import sys
import threading
import time
import uuid

import confluent_kafka
from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    Consumer,
    ConsumerGroupState,
    KafkaError,
    KafkaException,
    Producer,
    TopicCollection,
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

BROKER = {"bootstrap.servers": os.environ["BOOTSTRAP"]}
# The largest request and answer, so that the broker is who refuses a record.
LARGE = {"message.max.bytes": 64 * 2**20, "receive.message.max.bytes": 128 * 2**20}
OFFSETS = {"earliest": OFFSET_BEGINNING, "latest": OFFSET_END}
RESETS = {"earliest": "earliest", "latest": "latest", "none": "error"}
TIMEOUT_S = 30

output = threading.Lock()


def say(**line):
    with output:
        print(json.dumps(line), flush=True)


def encoded(data):
    return None if data is None else base64.b64encode(data).decode()


def decoded(text):
    return None if text is None else base64.b64decode(text)


def described(error):
    """What a failure tells: librdkafka's error where it is one."""
    cause = error.args[0] if isinstance(error, KafkaException) else None
    if isinstance(cause, KafkaError):
        name = {3: "UNKNOWN_TOPIC_OR_PARTITION"}.get(cause.code(), cause.name())
        return {"code": cause.code(), "name": name, "message": cause.str()}
    return {"name": type(error).__name__, "message": str(error)}


def results(futures):
    """Waits for all that an administrator asked for; raises the first failure."""
    return {key: future.result(TIMEOUT_S) for key, future in futures.items()}


def places(partitions):
    return [TopicPartition(p["topic"], p["partition"], OFFSETS.get(o := p.get("offset"), o) or 0)
            for p in partitions]


class Producers:
    """One producer for each way to send."""

    def __init__(self):
        self.made = {}
        self.lock = threading.Lock()

    def get(self, acks, codec, idempotent):
        with self.lock:
            key = (acks, codec, idempotent)
            if key not in self.made:
                config = {"acks": acks, "compression.type": codec, "enable.idempotence": idempotent}
                self.made[key] = Producer(BROKER | LARGE | config)
            return self.made[key]

    def produce(self, records, acks, codec, idempotent):
        producer = self.get(acks, codec, idempotent)
        sent = [None] * len(records)

        def keep(index):
            def delivered(error, message):
                sent[index] = (error, message.partition(), message.offset())

            return delivered

        for index, record in enumerate(records):
            more = {name: record[name] for name in ("partition", "timestamp") if name in record}
            producer.produce(
                record["topic"],
                key=decoded(record["key"]),
                value=decoded(record["value"]),
                headers=[(name, decoded(value)) for name, value in record["headers"]],
                on_delivery=keep(index),
                **more,
            )
        producer.flush(TIMEOUT_S)
        for error, _, _ in sent:
            if error is not None:
                raise KafkaException(error)
        return [{"partition": p, "offset": o if o is not None and o >= 0 else -1} for _, p, o in sent]


class Reader:
    """A consumer, whose calls come one after another from a thread of its own."""

    def __init__(self, autoOffsetReset, group=None, instanceId=None, assignor=None,
                 sessionTimeoutMs=None, heartbeatMs=None):
        options = {
            "group.id": group or f"none-{uuid.uuid4()}",
            "group.instance.id": instanceId,
            "partition.assignment.strategy": assignor,
            "session.timeout.ms": sessionTimeoutMs,
            "heartbeat.interval.ms": heartbeatMs,
            "auto.offset.reset": RESETS[autoOffsetReset],
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 200,
        }
        given = {name: value for name, value in options.items() if value is not None}
        self.consumer = Consumer(BROKER | LARGE | given)

    def subscribe(self, topics):
        self.consumer.subscribe(topics)

    def assign(self, partitions):
        self.consumer.assign(places(partitions))

    def poll(self, max, timeoutMs):
        messages = self.consumer.consume(max, timeoutMs / 1000)
        for message in messages:
            if message.error() is not None:
                raise KafkaException(message.error())
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
        return [{"topic": p.topic, "partition": p.partition} for p in self.consumer.assignment()]

    def seek(self, topic, partition, offset):
        self.consumer.seek(TopicPartition(topic, partition, offset))

    def pause(self, partitions):
        self.consumer.pause(places(partitions))

    def resume(self, partitions):
        self.consumer.resume(places(partitions))

    def position(self, topic, partition):
        return self.consumer.position([TopicPartition(topic, partition)])[0].offset

    def commit(self, offsets):
        wanted = [TopicPartition(o["topic"], o["partition"], o["offset"], o.get("metadata", ""))
                  for o in offsets]
        for done in self.consumer.commit(offsets=wanted, asynchronous=False):
            if done.error is not None:
                raise KafkaException(done.error)

    def committed(self, partitions):
        found = self.consumer.committed(places(partitions), TIMEOUT_S)
        return [{"topic": p.topic, "partition": p.partition, "offset": max(p.offset, -1)}
                for p in found]

    def closeConsumer(self):
        self.consumer.close()


class Administrator:
    """What has to do with no consumer."""

    def __init__(self):
        self.client = AdminClient(BROKER)
        self.producers = Producers()

    def produce(self, records, acks, codec, idempotent):
        return self.producers.produce(records, acks, codec, idempotent)

    def offsets(self, partitions, at):
        named = {"earliest": OffsetSpec.earliest, "latest": OffsetSpec.latest}
        spec = named[at]() if at in named else OffsetSpec.for_timestamp(at)
        wanted = {TopicPartition(p["topic"], p["partition"]): spec for p in partitions}
        found = results(self.client.list_offsets(wanted))
        return [{"topic": p.topic, "partition": p.partition, "offset": found[p].offset}
                for p in wanted]

    def createTopics(self, topics):
        made = [NewTopic(t["name"], t["partitions"], t["replicationFactor"],
                         config=t.get("configs", {})) for t in topics]
        results(self.client.create_topics(made))

    def deleteTopics(self, names):
        results(self.client.delete_topics(names))

    def createPartitions(self, topic, total):
        results(self.client.create_partitions([NewPartitions(topic, total)]))

    def listTopics(self):
        topics = self.client.list_topics(timeout=TIMEOUT_S).topics.values()
        return [{"name": t.topic, "partitions": len(t.partitions)} for t in topics]

    def describeConfigs(self, type, name):
        [found] = results(self.client.describe_configs([ConfigResource(type, name)])).values()
        return {entry.name: entry.value for entry in found.values()}

    def alterConfigs(self, type, name, set, remove):
        entries = [ConfigEntry(config, value, incremental_operation=AlterConfigOpType.SET)
                   for config, value in set.items()]
        entries += [ConfigEntry(config, None, incremental_operation=AlterConfigOpType.DELETE)
                    for config in remove]
        resource = ConfigResource(type, name, incremental_configs=entries)
        results(self.client.incremental_alter_configs([resource]))

    def listGroups(self):
        return [group.group_id for group in self.client.list_consumer_groups().result().valid]

    def describeGroup(self, group):
        found = self.client.describe_consumer_groups([group])[group].result(TIMEOUT_S)
        members = [{"id": member.member_id, "clientId": member.client_id}
                   for member in found.members]
        state = "Stable" if found.state == ConsumerGroupState.STABLE else found.state.name
        return {"state": state, "protocol": found.partition_assignor, "members": members}

    def deleteGroups(self, groups):
        results(self.client.delete_consumer_groups(groups))

    def deleteRecords(self, partitions):
        wanted = places(partitions)
        found = results(self.client.delete_records(wanted))
        return [found[p].low_watermark for p in wanted]

    def transactional(self, transactionalId, timeoutMs):
        begun = time.monotonic()
        error = {}
        try:
            producer = Producer(BROKER | {"transactional.id": transactionalId})
            producer.init_transactions(timeoutMs / 1000)
        except KafkaException as failure:
            error = described(failure)
        return {"millis": (time.monotonic() - begun) * 1000, **error}


def answer(request_id, work):
    try:
        say(id=request_id, ok=work())
    except Exception as failure:  # what it is, the case judges
        say(id=request_id, error=described(failure))


def work_off(inbox):
    """Answers what comes, one after another, until a None comes."""
    while (job := inbox.get()) is not None:
        answer(*job)


def started(inbox):
    thread = threading.Thread(target=work_off, args=(inbox,))
    thread.start()
    return thread


def main():
    say(ready={
        "client": "confluent-kafka",
        "version": f"{confluent_kafka.__version__} (librdkafka {confluent_kafka.libversion()[0]})",
        "codecs": ["none", "gzip", "snappy", "lz4", "zstd"],
        "assignors": ["range", "roundrobin", "cooperative-sticky"],
        "lacks": [],
    })
    administrator = Administrator()
    readers = {}
    inboxes = {None: queue.Queue()}
    threads = [started(inboxes[None])]
    for line in sys.stdin:
        args = json.loads(line)
        request_id, operation, name = args.pop("id"), args.pop("op"), args.pop("consumer", None)
        if operation == "openConsumer":
            inboxes[name] = queue.Queue()
            threads.append(started(inboxes[name]))
            job = lambda n=name, a=args: readers.__setitem__(n, Reader(**a))
        elif name is not None:
            job = lambda n=name, o=operation, a=args: getattr(readers[n], o)(**a)
        else:
            job = lambda o=operation, a=args: getattr(administrator, o)(**a)
        inboxes[name].put((request_id, job))
    for inbox in inboxes.values():
        inbox.put(None)
    for thread in threads:
        thread.join()
    for reader in readers.values():
        reader.consumer.close()


if __name__ == "__main__":
    main()
