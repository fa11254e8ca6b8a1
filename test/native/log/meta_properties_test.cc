#include "log/meta_properties.h"

#include "log_fixture.h"

namespace odradek {

TEST_CASE("meta.properties survives its text, with a version that Kafka refuses while in use") {
  const MetaProperties written{"uwSoqIjGSyubxNe3U9eC7w", 7, "DZy79DGRS4WFeyfHuGA19A"};
  for (const bool in_use : {false, true}) {
    const std::string text = format_meta_properties(written, in_use);
    CHECK(text.ends_with(in_use ? "version=2\n" : "version=1\n"));
    const auto read = parse_meta_properties(text);
    REQUIRE(read.ok());
    CHECK(read->cluster_id == written.cluster_id);
    CHECK(read->node_id == 7);
    CHECK(read->directory_id == written.directory_id);
  }
}

TEST_CASE("a Java properties file is read with comments, spaces and escapes") {
  const auto read = parse_meta_properties(
      "#\n#Sat Nov 21\n! too\n\n  version = 1\ncluster.id:abc\\=d\\:e\r\nnode.id=1 \nno "
      "separator\n");
  REQUIRE(read.ok());
  CHECK(read->cluster_id == "abc=d:e");
  CHECK(read->node_id == 1);
  CHECK(read->directory_id.empty());
}

TEST_CASE("what meta.properties lacks is said") {
  const auto why = [](const char* text) { return parse_meta_properties(text).error(); };
  CHECK(why("").find("no version") != std::string::npos);
  CHECK(why("version=3\ncluster.id=a\nnode.id=1\n").find("version 3") != std::string::npos);
  CHECK(why("version=3\ncluster.id=a\nnode.id=1\n").find("newer") != std::string::npos);
  CHECK(why("version=0\nbroker.id=1\n").find("version 0") != std::string::npos);
  CHECK(why("version=1\nnode.id=1\n").find("cluster.id") != std::string::npos);
  CHECK(why("version=1\ncluster.id=a\n").find("node.id") != std::string::npos);
  CHECK(why("version=1\ncluster.id=a\nnode.id=-3\n").find("node.id") != std::string::npos);
}

}  // namespace odradek
