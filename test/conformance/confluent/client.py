"""A producer and a group consumer on confluent-kafka with default settings, driven by the test.

    client.py produce BROKER TOPIC          one record per line of stdin: key, tab, value
    client.py consume BROKER TOPIC GROUP    until SIGTERM, then leaves the group

Both print one JSON object per line on stdout:
    {"acked": value, "partition": n, "offset": n}      the producer, when a record is acknowledged
    {"failed": value, "error": text}
    {"assigned": [n, ...]}                             the consumer
    {"record": value, "key": key, "partition": n, "offset": n}
    {"committed": n}                                   records so far, all of them committed
"""

import json
import signal
import sys

from confluent_kafka import Consumer, KafkaException, Producer


def say(**fields):
    print(json.dumps(fields), flush=True)


def produce(broker, topic):
    producer = Producer({"bootstrap.servers": broker})

    def delivered(error, message):
        value = message.value().decode()
        if error is not None:
            say(failed=value, error=str(error))
        else:
            say(acked=value, partition=message.partition(), offset=message.offset())

    for line in sys.stdin:
        key, value = line.rstrip("\n").split("\t")
        producer.produce(topic, key=key, value=value, on_delivery=delivered)
        producer.poll(0)
    if producer.flush(120) > 0:
        sys.exit("records are left unacknowledged")


def consume(broker, topic, group):
    running = [True]
    signal.signal(signal.SIGTERM, lambda *_: running.clear())
    consumer = Consumer(
        {
            "bootstrap.servers": broker,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )

    def assigned(_, partitions):
        say(assigned=[p.partition for p in partitions])

    consumer.subscribe([topic], on_assign=assigned)
    count = 0
    while running:
        messages = consumer.consume(200, timeout=0.2)
        good = [m for m in messages if m.error() is None]
        for m in good:
            key = m.key().decode()
            say(record=m.value().decode(), key=key, partition=m.partition(), offset=m.offset())
        count += len(good)
        if good and commit(consumer):
            say(committed=count)
    consumer.close()


def commit(consumer):
    """Commits the position; False if the broker is away or the group is rebalancing."""
    try:
        consumer.commit(asynchronous=False)
        return True
    except KafkaException:
        return False


if __name__ == "__main__":
    {"produce": produce, "consume": consume}[sys.argv[1]](*sys.argv[2:])
