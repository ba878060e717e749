// Walks the published JSON schema of the specification (Debian: golang-github-opencontainers-specs-dev),
// makes a config.json with every property of the Linux platform, and proves that none is lost between reading
// and writing. What is newer than that package is listed here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

#include "spec/runtime_spec.h"
#include "spec/test_json.h"

namespace cove::spec {
namespace {

using ::testing::ElementsAre;
using testing::flat;
using ::testing::IsEmpty;
using testing::missing;

const std::string kSchemaDirectory = "/usr/share/gocode/src/github.com/opencontainers/runtime-spec/schema/";

const std::string kFreeKey = "a key";  // of an object whose keys are not properties

const json::Value* member(const json::Value& object, std::string_view key) {
  const auto* members = std::get_if<json::Object>(&object.data);
  if (members == nullptr) return nullptr;
  for (const json::Member& member : *members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

std::string text_of(const json::Value* value) {
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(&value->data);
  return text == nullptr ? "" : *text;
}

// Makes a value that a schema allows, with every property of every object.
class Sampler {
 public:
  [[nodiscard]] bool available() { return file("config-schema.json") != nullptr; }
  [[nodiscard]] size_t properties() const { return properties_; }

  json::Value config() { return sample(*file("config-schema.json"), "config-schema.json"); }

 private:
  const json::Value* file(const std::string& name) {
    const auto known = files_.find(name);
    if (known != files_.end()) return &known->second;
    auto parsed = json::parse(testing::file_text(kSchemaDirectory + name));
    if (!parsed.ok()) return nullptr;
    return &files_.emplace(name, std::move(parsed).value()).first->second;
  }

  json::Value sample(const json::Value& schema, const std::string& name) {
    if (const json::Value* reference = member(schema, "$ref")) return follow(text_of(reference), name);
    if (const json::Value* any = member(schema, "anyOf"))
      return sample(std::get<json::Array>(any->data)[0], name);
    if (const json::Value* all = member(schema, "allOf")) {
      json::Object together;
      for (const json::Value& part : std::get<json::Array>(all->data)) {
        json::Value sampled = sample(part, name);
        for (json::Member& each : std::get<json::Object>(sampled.data)) together.push_back(std::move(each));
      }
      return {std::move(together)};
    }
    if (const json::Value* words = member(schema, "enum")) return std::get<json::Array>(words->data).back();
    return sample_type(schema, text_of(member(schema, "type")), name);
  }

  json::Value sample_type(const json::Value& schema, const std::string& type, const std::string& name) {
    if (type == "boolean") return {true};
    if (type == "string") return {std::string("a text")};
    if (type == "integer") {
      const json::Value* most = member(schema, "maximum");
      return most != nullptr ? *most : json::Value{uint64_t{7}};
    }
    if (type == "array") return {json::Array{sample(*member(schema, "items"), name)}};
    EXPECT_EQ(type, "object") << name;
    json::Object object;
    if (const json::Value* properties = member(schema, "properties")) {
      for (const json::Member& each : std::get<json::Object>(properties->data)) {
        if (name == "config-schema.json" && is_other_platform(each.key)) continue;
        ++properties_;
        object.push_back({each.key, sample(each.value, name)});
      }
    }
    if (const json::Value* others = member(schema, "additionalProperties")) {
      object.push_back({kFreeKey, sample(*others, name)});
    }
    if (const json::Value* patterns = member(schema, "patternProperties")) {
      object.push_back({kFreeKey, sample(std::get<json::Object>(patterns->data)[0].value, name)});
    }
    return {std::move(object)};
  }

  // "defs.json#/definitions/uint32", or without a file: in the same.
  json::Value follow(const std::string& reference, const std::string& name) {
    const size_t hash = reference.find('#');
    const std::string target = hash == 0 ? name : reference.substr(0, hash);
    const json::Value* schema = file(target);
    for (size_t begin = hash + 2; schema != nullptr && begin <= reference.size();) {
      const size_t end = std::min(reference.find('/', begin), reference.size());
      schema = member(*schema, reference.substr(begin, end - begin));
      begin = end + 1;
    }
    if (schema == nullptr) {
      ADD_FAILURE() << "no schema " << reference << " in " << name;
      return {nullptr};
    }
    return sample(*schema, target);
  }

  static bool is_other_platform(const std::string& key) {
    return key == "solaris" || key == "windows" || key == "vm" || key == "zos" || key == "freebsd";
  }

  std::map<std::string, json::Value> files_;
  size_t properties_ = 0;
};

// What reading and writing loses.
std::vector<std::string> lost(const json::Value& config) {
  const auto spec = parse_spec(config);
  if (!spec.ok()) return {spec.error().message()};
  return missing(flat(config), flat(print_spec(*spec)));
}

TEST(Schema, EveryPropertyIsKept) {
  Sampler sampler;
  if (!sampler.available()) {
    GTEST_SKIP() << "no " << kSchemaDirectory << ": install golang-github-opencontainers-specs-dev";
  }
  EXPECT_THAT(lost(sampler.config()), IsEmpty());
  EXPECT_GT(sampler.properties(), 170U) << "the schema was not walked";
}

// From the versions after that of the package: 1.1 to 1.3.
constexpr std::string_view kNewer = R"({
  "ociVersion": "1.3.0",
  "domainname": "example.org",
  "process": {
    "cwd": "/",
    "scheduler": {
      "policy": "SCHED_DEADLINE", "nice": -2147483648, "priority": 2147483647, "flags": ["SCHED_FLAG_RECLAIM"],
      "runtime": 18446744073709551615, "deadline": 18446744073709551615, "period": 18446744073709551615
    },
    "ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": -1},
    "execCPUAffinity": {"initial": "0-3", "final": "4, 6-7"}
  },
  "linux": {
    "timeOffsets": {
      "boottime": {"secs": -9223372036854775808, "nanosecs": 4294967295},
      "monotonic": {"secs": 9223372036854775807, "nanosecs": 1}
    },
    "netDevices": {"eth0": {"name": "container_eth0"}},
    "resources": {"cpu": {"burst": 18446744073709551615, "idle": 1}, "pids": {"limit": -1}},
    "intelRdt": {
      "closID": "group", "schemata": ["L3:0=ff", "MB:0=10"], "enableMonitoring": true,
      "enableCMT": true, "enableMBM": true, "l3CacheSchema": "L3:0=f", "memBwSchema": "MB:0=20"
    },
    "memoryPolicy": {"mode": "MPOL_BIND", "nodes": "0-1", "flags": ["MPOL_F_STATIC_NODES"]},
    "personality": {"domain": "LINUX32", "flags": ["none"]},
    "seccomp": {
      "defaultAction": "SCMP_ACT_NOTIFY", "listenerPath": "/run/agent", "listenerMetadata": "about",
      "flags": ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]
    }
  }
})";

TEST(Schema, NewerPropertiesAreKept) {
  const auto config = json::parse(kNewer);
  ASSERT_TRUE(config.ok());
  EXPECT_THAT(lost(*config), IsEmpty());
}

// The names of the properties, without those of seccomp's rules, which have a reader of their own.
void add_names(const json::Value& value, std::set<std::string>& names) {
  if (const auto* array = std::get_if<json::Array>(&value.data)) {
    for (const json::Value& element : *array) add_names(element, names);
  }
  const auto* object = std::get_if<json::Object>(&value.data);
  if (object == nullptr) return;
  for (const json::Member& each : *object) {
    if (each.key != kFreeKey) names.insert(each.key);
    if (each.key != "seccomp") add_names(each.value, names);
  }
}

// As "`name`", "`name.other`", "`.name[]`" …
bool is_documented(const std::string& name, const std::string& page) {
  for (size_t at = page.find(name); at != std::string::npos; at = page.find(name, at + 1)) {
    const char before = at == 0 ? ' ' : page[at - 1];
    const char after = at + name.size() < page.size() ? page[at + name.size()] : ' ';
    if ((before == '`' || before == '.') && (after == '`' || after == '.' || after == '[')) return true;
  }
  return false;
}

TEST(Schema, EveryPropertyIsDocumented) {
  Sampler sampler;
  if (!sampler.available()) {
    GTEST_SKIP() << "no " << kSchemaDirectory << ": install golang-github-opencontainers-specs-dev";
  }
  const std::string page = testing::file_text(COVE_SOURCE_DIR "/docs/runtime-spec.md");
  std::set<std::string> names;
  add_names(sampler.config(), names);
  EXPECT_GT(names.size(), 100U);
  for (const std::string& name : names) EXPECT_TRUE(is_documented(name, page)) << name;
  EXPECT_FALSE(is_documented("noSuchProperty", page));
}

TEST(Schema, FindsWhatIsLost) {
  const auto config = json::parse(R"({"ociVersion": "1.3.0", "linux": {"newer": {"thing": 5}}})");
  ASSERT_TRUE(config.ok());
  EXPECT_THAT(lost(*config), ElementsAre("linux.newer.thing=5"));
}

}  // namespace
}  // namespace cove::spec
