import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** What has to do with neither producer nor consumer. */
final class Administrator {
    private final Admin admin = Admin.create(Driver.config());

    Object run(String operation, JsonNode request) throws Exception {
        switch (operation) {
            case "offsets": return offsets(request.get("partitions"), request.get("at"));
            case "createTopics": return createTopics(request.get("topics"));
            case "deleteTopics":
                return admin.deleteTopics(Reader.texts(request.get("names"))).all().get();
            case "createPartitions": {
                var total = NewPartitions.increaseTo(request.get("total").asInt());
                return admin.createPartitions(Map.of(request.get("topic").asText(), total)).all()
                        .get();
            }
            case "listTopics": return listTopics();
            case "describeConfigs": return describeConfigs(request);
            case "alterConfigs": return alterConfigs(request);
            case "listGroups": return admin.listGroups().all().get().stream()
                    .map(group -> group.groupId()).toList();
            case "describeGroup": return describeGroup(request.get("group").asText());
            case "deleteGroups":
                return admin.deleteConsumerGroups(Reader.texts(request.get("groups"))).all().get();
            case "deleteRecords": return deleteRecords(request.get("partitions"));
            default: throw new IllegalArgumentException("there is no operation " + operation);
        }
    }

    private List<Map<String, Object>> offsets(JsonNode partitions, JsonNode at) throws Exception {
        OffsetSpec spec = at.isNumber() ? OffsetSpec.forTimestamp(at.asLong())
                : at.asText().equals("earliest") ? OffsetSpec.earliest() : OffsetSpec.latest();
        List<Map<String, Object>> all = new ArrayList<>();
        for (JsonNode node : partitions) {
            TopicPartition place = Driver.place(node);
            var found = admin.listOffsets(Map.of(place, spec)).partitionResult(place).get();
            all.add(Driver.described(place, found.offset()));
        }
        return all;
    }

    private Object createTopics(JsonNode topics) throws Exception {
        List<NewTopic> made = new ArrayList<>();
        for (JsonNode topic : topics) {
            Map<String, String> configs = new HashMap<>();
            if (topic.has("configs")) {
                topic.get("configs").properties().forEach(config ->
                        configs.put(config.getKey(), config.getValue().asText()));
            }
            int partitions = topic.get("partitions").asInt();
            short replicas = (short) topic.get("replicationFactor").asInt();
            made.add(new NewTopic(topic.get("name").asText(), partitions, replicas)
                    .configs(configs));
        }
        return admin.createTopics(made).all().get();
    }

    private List<Map<String, Object>> listTopics() throws Exception {
        var names = admin.listTopics().names().get();
        List<Map<String, Object>> all = new ArrayList<>();
        for (var topic : admin.describeTopics(names).allTopicNames().get().values()) {
            all.add(Map.of("name", topic.name(), "partitions", topic.partitions().size()));
        }
        return all;
    }

    private static ConfigResource resource(JsonNode request) {
        boolean isTopic = request.get("type").asText().equals("topic");
        var type = isTopic ? ConfigResource.Type.TOPIC : ConfigResource.Type.BROKER;
        return new ConfigResource(type, request.get("name").asText());
    }

    private Map<String, String> describeConfigs(JsonNode request) throws Exception {
        ConfigResource resource = resource(request);
        var found = admin.describeConfigs(List.of(resource)).values().get(resource).get();
        Map<String, String> all = new HashMap<>();
        for (ConfigEntry entry : found.entries()) all.put(entry.name(), entry.value());
        return all;
    }

    private Object alterConfigs(JsonNode request) throws Exception {
        List<AlterConfigOp> changes = new ArrayList<>();
        request.get("set").properties().forEach(config -> changes.add(new AlterConfigOp(
                new ConfigEntry(config.getKey(), config.getValue().asText()),
                AlterConfigOp.OpType.SET)));
        for (String name : Reader.texts(request.get("remove"))) {
            var entry = new ConfigEntry(name, null);
            changes.add(new AlterConfigOp(entry, AlterConfigOp.OpType.DELETE));
        }
        return admin.incrementalAlterConfigs(Map.of(resource(request), changes)).all().get();
    }

    private Map<String, Object> describeGroup(String group) throws Exception {
        var found = admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
        List<Map<String, Object>> members = found.members().stream().map(member ->
                Map.<String, Object>of("id", member.consumerId(), "clientId", member.clientId()))
                .toList();
        return Map.of(
                "state", found.groupState().toString(),
                "protocol", found.partitionAssignor(),
                "members", members);
    }

    private List<Long> deleteRecords(JsonNode partitions) throws Exception {
        List<Long> lowWatermarks = new ArrayList<>();
        for (JsonNode node : partitions) {
            TopicPartition place = Driver.place(node);
            var before = RecordsToDelete.beforeOffset(node.get("offset").asLong());
            var deleted = admin.deleteRecords(Map.of(place, before)).lowWatermarks().get(place);
            lowWatermarks.add(deleted.get().lowWatermark());
        }
        return lowWatermarks;
    }
}
