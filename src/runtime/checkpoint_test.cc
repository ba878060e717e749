#include "runtime/checkpoint.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/criu_call.h"
#include "sys/file.h"

namespace cove::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

spec::Spec some_spec() {
  const auto spec = spec::parse_spec(R"({"ociVersion": "1.0.2", "process": {"cwd": "/", "args": ["true"]},
      "linux": {"maskedPaths": ["/proc/kcore"]}})");
  EXPECT_TRUE(spec.ok()) << spec.error().message();
  return *spec;
}

Record some_record() {
  Record record;
  record.pid = 4711;
  record.rootfs = "/bundle/rootfs";
  record.cgroup.directories = {{.version = 1, .path = "/cg/freezer/c", .controllers = {"freezer"}},
                               {.version = 2, .path = "/cg/unified/c", .controllers = {}}};
  return record;
}

DumpFacts some_facts() {
  return {.masked_files = {"/proc/kcore"},
          .mounts = {{"/run/data", "/var/run/data"}},
          .namespaces = {{"network", 4026531840}}};
}

Result<criu::Request> request_of(const CheckpointOptions& options) {
  return dump_request(options, some_record(), some_spec(), some_facts());
}

std::string refusal(const CheckpointOptions& options) {
  const auto request = request_of(options);
  return request.ok() ? "accepted" : request.error().message();
}

TEST(Checkpoint, PlainRequest) {
  const auto request = request_of({});
  ASSERT_TRUE(request.ok()) << request.error().message();
  EXPECT_EQ(request->kind, criu::RequestKind::dump);
  EXPECT_EQ(request->pid, 4711);
  EXPECT_EQ(request->root, "/bundle/rootfs");
  EXPECT_EQ(request->log_file, "dump.log");
  EXPECT_EQ(request->freeze_cgroup, "/cg/freezer/c");
  EXPECT_EQ(request->cgroup_mode, criu::CgroupMode::soft);
  EXPECT_EQ(request->config_file, "/etc/criu/runc.conf");
  EXPECT_THAT(request->external, ElementsAre("net[4026531840]:extRootNetNS", "mnt[/run/data]:/var/run/data",
                                             "mnt[/proc/kcore]:/dev/null"));
  EXPECT_FALSE(request->leave_running || request->track_memory || request->sibling);
}

TEST(Checkpoint, EveryOption) {
  CheckpointOptions options;
  options.parent_path = "../first";
  options.page_server = "::1:9000";
  options.criu.manage_cgroups_mode = "full";
  options.criu.empty_namespaces = {"network"};
  options.leave_running = options.criu.tcp_established = options.criu.ext_unix_sockets = true;
  options.criu.shell_job = options.criu.file_locks = options.criu.lazy_pages = options.criu.auto_dedup = true;
  const auto request = request_of(options);
  ASSERT_TRUE(request.ok()) << request.error().message();
  EXPECT_EQ(request->parent_images, "../first");
  ASSERT_TRUE(request->page_server.has_value());
  EXPECT_EQ(request->page_server->address, "::1");
  EXPECT_EQ(request->page_server->port, 9000);
  EXPECT_EQ(request->cgroup_mode, criu::CgroupMode::full);
  EXPECT_EQ(request->empty_namespaces, 0x40000000U);  // CLONE_NEWNET
  EXPECT_TRUE(request->leave_running && request->tcp_established && request->ext_unix_sockets);
  EXPECT_TRUE(request->shell_job && request->file_locks && request->lazy_pages && request->auto_dedup);
  EXPECT_TRUE(request->track_memory);
}

TEST(Checkpoint, PreDumpIsTheMemoryAlone) {
  CheckpointOptions options;
  options.pre_dump = options.leave_running = true;
  const auto request = request_of(options);
  ASSERT_TRUE(request.ok()) << request.error().message();
  EXPECT_EQ(request->kind, criu::RequestKind::pre_dump);
  EXPECT_TRUE(request->track_memory);
  EXPECT_FALSE(request->leave_running);
  EXPECT_THAT(request->external, ElementsAre("net[4026531840]:extRootNetNS"));
}

TEST(Checkpoint, TheConfigurationNamesCriusOwn) {
  spec::Spec spec = some_spec();
  spec.annotations = {{"org.criu.config", ""}};
  const auto request = dump_request({}, some_record(), spec, {});
  ASSERT_TRUE(request.ok()) << request.error().message();
  EXPECT_EQ(request->config_file, "");
  EXPECT_THAT(request->external, IsEmpty());
}

TEST(Checkpoint, WhatCannotBeMeantIsRefused) {
  CheckpointOptions options;
  for (const char* server : {"host", ":9000", "host:", "host:65536"}) {
    options.page_server = server;
    EXPECT_THAT(refusal(options), HasSubstr("--page-server: "));
  }
  options = {};
  options.criu.manage_cgroups_mode = "hard";
  EXPECT_THAT(refusal(options), HasSubstr("--manage-cgroups-mode: "));
  options = {};
  options.criu.empty_namespaces = {"pid"};
  EXPECT_THAT(refusal(options), HasSubstr("--empty-ns: "));
  options = {};
  options.parent_path = "/first";
  EXPECT_THAT(refusal(options), HasSubstr("--parent-path must be relative"));
  options = {};
  options.pre_dump = options.criu.lazy_pages = true;
  EXPECT_THAT(refusal(options), HasSubstr("contradict"));
}

TEST(Checkpoint, TheStatusDescriptorMustBeOpenForWriting) {
  auto pipe = sys::make_pipe();
  ASSERT_TRUE(pipe.ok());
  CheckpointOptions options;
  options.status_fd = pipe->read_end.get();
  EXPECT_THAT(refusal(options), HasSubstr("--status-fd: "));
  options.status_fd = pipe->write_end.get();
  EXPECT_EQ(refusal(options), "accepted");
}

TEST(Checkpoint, ErrorsAreTheLogsLastThree) {
  EXPECT_EQ(criu_errors("(00.1) fine\n"), "");
  EXPECT_EQ(criu_errors("Error (a): 1\n(0.1) Error (b): 2\nfine\nError (c): 3\nError (d): 4"),
            "(0.1) Error (b): 2; Error (c): 3; Error (d): 4");
}

}  // namespace
}  // namespace cove::runtime
