#include "runtime/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "runtime/store.h"

namespace cove::runtime {
namespace {

using testing::HasSubstr;
using testing::Not;

Record some_record() {
  Record record;
  record.id = "c1";
  record.oci_version = "1.2.0";
  record.bundle = "/b";
  record.rootfs = "/b/rootfs";
  record.created = "2026-11-24T15:21:41.123456789Z";
  record.owner = 1000;
  record.pid = 42;
  record.start_time = 18446744073709551615U;
  record.cgroup.directories = {
      {.version = 1, .path = "/sys/fs/cgroup/cpu/c1", .controllers = {"cpu", "cpuacct"}},
      {.version = 2, .path = "/sys/fs/cgroup/unified/c1", .controllers = {}}};
  record.cgroup.parents = {"/sys/fs/cgroup/cpu/up"};
  record.systemd_unit = "cove-c1.scope";
  record.systemd_user = true;
  record.own_pid_namespace = false;
  record.seccomp_listener = true;
  record.intel_rdt_group = "/sys/fs/resctrl/c1";
  record.annotations = {{"k", "v \"quoted\""}, {"", ""}};
  return record;
}

std::string refusal(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  const auto record = parse_record(text);
  return record.ok() ? "accepted" : record.error().message();
}

TEST(Record, ReadsWhatItWrote) {
  const Record record = some_record();
  const auto read = parse_record(print_record(record));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(print_record(*read), print_record(record));
  EXPECT_EQ(read->start_time, record.start_time);
  EXPECT_EQ(read->cgroup.directories.size(), 2U);
  EXPECT_EQ(read->cgroup.directories[0].controllers, (std::vector<std::string>{"cpu", "cpuacct"}));
  EXPECT_EQ(read->cgroup.parents, record.cgroup.parents);
  EXPECT_EQ(read->annotations, record.annotations);
}

TEST(Record, HasWhatEnginesReadOfRuncsState) {
  const std::string text = print_record(some_record());
  EXPECT_THAT(text, HasSubstr(R"("init_process_pid":42,"init_process_start":18446744073709551615)"));
  EXPECT_THAT(text, HasSubstr(R"("cgroup_paths":{"cpu":"/sys/fs/cgroup/cpu/c1",)"
                              R"("cpuacct":"/sys/fs/cgroup/cpu/c1","":"/sys/fs/cgroup/unified/c1"})"));
  EXPECT_THAT(text, HasSubstr(R"("NEWNET":"/proc/42/ns/net")"));
}

TEST(Record, AnIntentHasNoProcessYet) {
  Record record = some_record();
  record.pid = 0;
  const std::string text = print_record(record);
  EXPECT_THAT(text, HasSubstr(R"("namespace_paths":{})"));
  EXPECT_TRUE(parse_record(text).ok());
}

TEST(Record, NamesWhatIsMissingOrOfTheWrongKind) {
  const std::string text = print_record(some_record());
  EXPECT_EQ(refusal(text, R"("bundle":"/b")", R"("bundle":1)"), "bundle: missing, or not of the right kind");
  EXPECT_EQ(refusal(text, R"("rootfs")", R"("roots")"), "rootfs: missing, or not of the right kind");
  EXPECT_EQ(refusal(text, R"("version":1)", R"("version":true)"),
            "cgroups: version: missing, or not of the right kind");
  EXPECT_EQ(refusal(text, R"("cgroup_parents":[)", R"("cgroup_parents":[1,)"),
            "cgroup_parents: missing, or not of the right kind");
  EXPECT_EQ(refusal(text, R"("annotations":{)", R"("annotations":{"a":1,)"),
            "annotations: missing, or not of the right kind");
  EXPECT_EQ(parse_record("[]").error().message(), "not an object");
  EXPECT_THAT(parse_record("{").error().message(), Not(HasSubstr("\n")));
}

// A number that does not fit would name another process, or another user.
TEST(Record, RefusesNumbersOutOfRange) {
  const std::string text = print_record(some_record());
  EXPECT_EQ(refusal(text, R"("init_process_pid":42)", R"("init_process_pid":4294967338)"),
            "init_process_pid: out of range");
  EXPECT_EQ(refusal(text, R"("owner":1000)", R"("owner":4294967296)"), "owner: out of range");
  EXPECT_EQ(refusal(text, R"("version":1)", R"("version":3)"), "cgroups: version: out of range");
}

TEST(ContainerId, IsAsRuncHasIt) {
  for (const std::string& id :
       {std::string("a"), std::string("A-b_c+d.e"), std::string("..."), std::string(1024, 'x')})
    EXPECT_TRUE(check_id(id).ok()) << id;
  for (const std::string& id :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("a b"),
        std::string("ä"), std::string("a\0b", 3), std::string(1025, 'x')}) {
    const Status status = check_id(id);
    ASSERT_FALSE(status.ok()) << id;
    EXPECT_EQ(status.error().code(), ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace cove::runtime
