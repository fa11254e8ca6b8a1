import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Prints what Apache Kafka's own assignors make of random groups, one JSON object per line:
 *
 *   java -cp "$KAFKA_HOME/*" AssignorVectors.java > assignors.jsonl
 *
 * A group lives for a few rebalances: members come and go, change their topics, miss a generation,
 * claim what others have; topics grow and vanish. Names are single letters, because Java's hash
 * maps list those in their order; where Kafka's result follows such a map, ours sorts.
 */
public class AssignorVectors {
    static final Random random = new Random(6);

    static class Member {
        String id;
        String instance;
        String rack;
        List<String> topics = new ArrayList<>();
        Map<String, List<TopicPartition>> held = new HashMap<>();
        Map<String, Integer> generation = new HashMap<>();
    }

    public static void main(String[] args) {
        for (int group = 0; group < 100; group++) group();
    }

    static void group() {
        boolean racks = random.nextInt(3) == 0;
        boolean equal = random.nextInt(2) == 0;
        Map<String, Integer> topics = new TreeMap<>();
        int topicCount = 1 + random.nextInt(4);
        for (int i = 0; i < topicCount; i++) topics.put(letter(i), 1 + random.nextInt(7));
        TreeMap<String, Member> members = new TreeMap<>();
        int memberCount = 1 + random.nextInt(5);
        for (int i = 0; i < memberCount; i++) join(members, topics, equal, racks);
        int spread = 1 + random.nextInt(3);
        for (int generation = 1; generation <= 3; generation++) {
            step(members, topics, racks ? spread : 0, generation);
            change(members, topics, equal, racks);
        }
    }

    static String letter(int i) {
        return String.valueOf((char) ('a' + i));
    }

    static void join(TreeMap<String, Member> members, Map<String, Integer> topics, boolean equal, boolean racks) {
        List<String> free = new ArrayList<>();
        for (int i = 0; i < 8; i++) if (!members.containsKey(letter(i))) free.add(letter(i));
        if (free.isEmpty()) return;
        Member member = new Member();
        member.id = free.get(random.nextInt(free.size()));
        if (random.nextInt(4) == 0) member.instance = "i" + random.nextInt(100) + member.id;
        if (racks && random.nextInt(5) > 0) member.rack = "r" + random.nextInt(3);
        subscribe(member, topics, equal);
        members.put(member.id, member);
    }

    static void subscribe(Member member, Map<String, Integer> topics, boolean equal) {
        member.topics = new ArrayList<>(topics.keySet());
        if (equal) return;
        member.topics.removeIf(topic -> random.nextInt(3) == 0);
        if (member.topics.isEmpty()) member.topics.add(topics.keySet().iterator().next());
    }

    static void change(TreeMap<String, Member> members, Map<String, Integer> topics, boolean equal, boolean racks) {
        for (int i = random.nextInt(3); i > 0; i--) join(members, topics, equal, racks);
        if (members.size() > 1 && random.nextInt(2) == 0) {
            List<String> ids = new ArrayList<>(members.keySet());
            members.remove(ids.get(random.nextInt(ids.size())));
        }
        for (String topic : topics.keySet())
            if (random.nextInt(4) == 0) topics.put(topic, topics.get(topic) + random.nextInt(4));
        if (!equal && random.nextInt(3) == 0) subscribe(members.firstEntry().getValue(), topics, false);
        if (topics.size() > 1 && random.nextInt(8) == 0) topics.remove(topics.keySet().iterator().next());
        if (members.size() > 1 && random.nextInt(6) == 0) {
            // Two members of the same generation claim the same.
            Member first = members.firstEntry().getValue();
            Member last = members.lastEntry().getValue();
            for (String name : first.held.keySet()) {
                last.held.put(name, first.held.get(name));
                last.generation.put(name, first.generation.get(name));
            }
        }
        if (random.nextInt(5) == 0) {
            Member old = members.lastEntry().getValue();
            for (String name : old.held.keySet())
                old.generation.put(name, old.generation.get(name) - 1 - random.nextInt(2));
        }
    }

    static Cluster cluster(Map<String, Integer> topics, int spread, StringBuilder out) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) nodes.add(new Node(i, "h", 9000 + i, spread > 0 ? "r" + i : null));
        List<PartitionInfo> partitions = new ArrayList<>();
        out.append("{");
        for (String topic : topics.keySet()) {
            out.append(out.charAt(out.length() - 1) == '{' ? "" : ",").append("\"").append(topic).append("\":\"");
            for (int p = 0; p < topics.get(topic); p++) {
                int first = random.nextInt(3);
                List<Node> replicas = new ArrayList<>();
                for (int r = 0; r < Math.max(1, spread); r++) replicas.add(nodes.get((first + r) % 3));
                Node[] array = replicas.toArray(new Node[0]);
                partitions.add(new PartitionInfo(topic, p, array[0], array, array));
                if (p > 0) out.append(" ");
                out.append(spread == 0 ? "-" : replicas.stream().map(Node::rack).collect(Collectors.joining(",")));
            }
            out.append("\"");
        }
        out.append("}");
        return new Cluster("c", nodes, partitions, Set.of(), Set.of());
    }

    static void step(TreeMap<String, Member> members, Map<String, Integer> topics, int spread, int generation) {
        StringBuilder out = new StringBuilder("{\"topics\":");
        Cluster cluster = cluster(topics, spread, out);
        out.append(",\"members\":{");
        List<String> texts = new ArrayList<>();
        for (Member member : members.values()) {
            Subscription sticky = subscription(member, "sticky");
            Subscription cooperative = subscription(member, "cooperative-sticky");
            ByteBuffer data = sticky.userData();
            texts.add("\"" + member.id + "\":{\"topics\":\"" + String.join(" ", member.topics) + "\""
                + (member.instance == null ? "" : ",\"instance\":\"" + member.instance + "\"")
                + (member.rack == null ? "" : ",\"rack\":\"" + member.rack + "\"")
                + (data == null ? "" : ",\"userData\":\"" + hex(data) + "\"")
                + (cooperative.ownedPartitions().isEmpty() ? "" : ",\"owned\":\"" + text(cooperative.ownedPartitions()) + "\"")
                + (cooperative.generationId().isEmpty() ? "" : ",\"generation\":" + cooperative.generationId().get())
                + "}");
        }
        out.append(String.join(",", texts)).append("}");
        if (generation == 2) out.append(bytesOf(members.firstEntry().getValue()));
        for (ConsumerPartitionAssignor assignor : List.of(new RangeAssignor(), new RoundRobinAssignor(),
                new StickyAssignor(), new CooperativeStickyAssignor())) {
            Map<String, Subscription> subscriptions = new HashMap<>();
            for (Member member : members.values()) subscriptions.put(member.id, subscription(member, assignor.name()));
            Map<String, Assignment> result = assignor.assign(cluster, new GroupSubscription(subscriptions)).groupAssignment();
            out.append(",\"").append(assignor.name()).append("\":{");
            List<String> parts = new ArrayList<>();
            for (Member member : members.values()) {
                List<TopicPartition> partitions = result.get(member.id).partitions();
                parts.add("\"" + member.id + "\":\"" + text(partitions) + "\"");
                member.held.put(assignor.name(), partitions);
                member.generation.put(assignor.name(), generation);
            }
            out.append(String.join(",", parts)).append("}");
        }
        System.out.println(out.append("}"));
    }

    /** Its subscription in versions 0 to 3, and its partitions of range as an assignment. */
    static String bytesOf(Member member) {
        Subscription said = subscription(member, "cooperative-sticky");
        List<String> bytes = new ArrayList<>();
        for (short version = 0; version <= 3; version++)
            bytes.add("\"" + hex(ConsumerProtocol.serializeSubscription(said, version)) + "\"");
        List<TopicPartition> held = member.held.getOrDefault("range", List.of());
        Assignment got = new Assignment(held);
        return ",\"subscription\":[" + String.join(",", bytes) + "],\"held\":\"" + text(held)
            + "\",\"assignment\":\"" + hex(ConsumerProtocol.serializeAssignment(got)) + "\"";
    }

    static Subscription subscription(Member member, String assignor) {
        List<TopicPartition> held = member.held.getOrDefault(assignor, List.of());
        int generation = member.generation.getOrDefault(assignor, -1);
        ByteBuffer userData = null;
        if (assignor.equals("sticky") && generation >= 0) {
            StickyAssignor own = new StickyAssignor();
            own.onAssignment(new Assignment(held), new ConsumerGroupMetadata("g", generation, member.id, Optional.empty()));
            userData = own.subscriptionUserData(Set.of());
        }
        List<TopicPartition> owned = assignor.equals("cooperative-sticky") ? held : List.of();
        Subscription subscription = new Subscription(member.topics, userData, owned, generation, Optional.ofNullable(member.rack));
        subscription.setGroupInstanceId(Optional.ofNullable(member.instance));
        return subscription;
    }

    static String text(List<TopicPartition> partitions) {
        return partitions.stream().map(p -> p.topic() + p.partition()).collect(Collectors.joining(" "));
    }

    static String hex(ByteBuffer buffer) {
        ByteBuffer copy = buffer.duplicate();
        byte[] bytes = new byte[copy.remaining()];
        copy.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
