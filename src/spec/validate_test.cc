#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec/test_refusals.h"

namespace cove::spec {
namespace {

using ::testing::HasSubstr;
using testing::process_verdict;
using ::testing::StartsWith;
using testing::verdict;

std::string version_verdict(const char* version) {
  return verdict([&](Spec& spec) { spec.oci_version = version; });
}

TEST(Validate, KnowsTheVersions) {
  for (const char* version :
       {"1.0.0", "1.0.0-rc5", "1.0.0-rc5-dev", "1.0.2-dev", "1.1.0+dev", "1.2.1", "1.3.0", "1.3.7"}) {
    EXPECT_EQ(version_verdict(version), "accepted") << version;
  }
  for (const char* version : {"1.4.0", "0.9.0", "2.0.0"}) {
    EXPECT_THAT(version_verdict(version), StartsWith("ociVersion: version '")) << version;
    EXPECT_THAT(version_verdict(version), HasSubstr("[cove knows 1.0.0 to 1.3"));
  }
  for (const char* version : {"", "1", "1.0", "1.0.0.0", "1.0.x", "v1.0.0", " 1.0.0", "1.-1.0"}) {
    EXPECT_THAT(version_verdict(version), HasSubstr("is not a version as '1.0.2'")) << version;
  }
}

TEST(Validate, DemandsARoot) {
  EXPECT_EQ(verdict([](Spec& spec) { spec.root.reset(); }), "root: must be given");
  EXPECT_EQ(verdict([](Spec& spec) { spec.root->path.clear(); }), "root.path: must not be empty");
  EXPECT_EQ(verdict([](Spec& spec) { spec.process.reset(); }), "accepted");
}

TEST(Validate, HostNamesNeedTheirNamespace) {
  EXPECT_EQ(verdict([](Spec& spec) { spec.hostname = std::string(64, 'a'); }), "accepted");
  EXPECT_EQ(verdict([](Spec& spec) { spec.hostname = std::string(65, 'a'); }),
            "hostname: has 65 bytes; the kernel takes 64");
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.hostname = "a";
              testing::remove_namespace(spec.linux_config, "uts");
            }),
            "hostname: cannot be set without a uts namespace [add {\"type\": \"uts\"} to linux.namespaces]");
  EXPECT_THAT(verdict([](Spec& spec) {
                spec.domainname = "a";
                testing::remove_namespace(spec.linux_config, "uts");
              }),
              StartsWith("domainname: cannot be set"));
}

TEST(Validate, MountDestinations) {
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.mounts = {{"/a"}, {""}};
            }),
            "mounts[1].destination: must not be empty");
  EXPECT_EQ(verdict([](Spec& spec) { spec.mounts = {{"a/b"}}; }),
            "warning: mounts[0].destination: 'a/b' is not an absolute path; taken as relative to /");
}

TEST(Validate, MountMappings) {
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.mounts = {{.destination = "/a", .uid_mappings = {{0, 0, 1}}}};
            }),
            "mounts[0].gidMappings: must be given together with uidMappings");
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.mounts = {{.destination = "/a", .uid_mappings = {{0, 0, 1}}, .gid_mappings = {{0, 0, 0}}}};
            }),
            "mounts[0].gidMappings[0].size: must not be 0");
}

TEST(Validate, Hooks) {
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.hooks.prestart = {{"/a"}, {"b"}};
            }),
            "hooks.prestart[1].path: 'b' is not an absolute path");
  EXPECT_EQ(verdict([](Spec& spec) { spec.hooks.poststop = {{.path = "/a", .timeout = 1}}; }), "accepted");
  EXPECT_THAT(verdict([](Spec& spec) { spec.hooks.start_container = {{.path = "/a", .timeout = 0}}; }),
              StartsWith("hooks.startContainer[0].timeout: must be 1 second or more"));
}

TEST(Validate, EmptyAnnotationKeysAreOdd) {
  EXPECT_EQ(verdict([](Spec& spec) {
              spec.annotations = {{"", "a"}};
            }),
            "warning: annotations: a key is empty");
}

TEST(ValidateProcess, ProgramAndDirectory) {
  EXPECT_EQ(process_verdict([](Process& process) { process.args.clear(); }),
            "process.args: must name a program");
  EXPECT_EQ(process_verdict([](Process& process) { process.cwd = "tmp"; }),
            "process.cwd: 'tmp' is not an absolute path");
  EXPECT_EQ(process_verdict([](Process& process) { process.cwd = ""; }), "process.cwd: must not be empty");
  EXPECT_EQ(process_verdict([](Process& process) {
              process.env = {"A=", "B=c=d", "=e"};
            }),
            "process.env[2]: '=e' is not of the form NAME=VALUE");
  EXPECT_EQ(process_verdict([](Process& process) { process.env = {"A"}; }),
            "process.env[0]: 'A' is not of the form NAME=VALUE");
}

TEST(ValidateProcess, PathsBeginAtTheProcess) {
  EXPECT_EQ(validate(Process{.args = {"sh"}, .cwd = "x"}).error().message(),
            "cwd: 'x' is not an absolute path");
  EXPECT_TRUE(validate(Process{.args = {"sh"}, .cwd = "/"}).ok());
}

TEST(ValidateProcess, CapabilityNamesLookLikeOnes) {
  EXPECT_EQ(process_verdict([](Process& process) {
              process.capabilities = Capabilities{.bounding = {"CAP_CHOWN", "CAP_NEW_ONE"}};
            }),
            "accepted");
  for (const char* name : {"CHOWN", "cap_chown", "CAP_", "CAP_CHOWN ", ""}) {
    EXPECT_THAT(
        process_verdict([&](Process& process) { process.capabilities = Capabilities{.ambient = {name}}; }),
        StartsWith("process.capabilities.ambient[0]: '"))
        << name;
  }
}

TEST(ValidateProcess, Rlimits) {
  EXPECT_EQ(process_verdict([](Process& process) {
              process.rlimits = {{"RLIMIT_NOFILE", 1, 1}, {"RLIMIT_CORE", 0, UINT64_MAX}};
            }),
            "accepted");
  EXPECT_THAT(process_verdict([](Process& process) {
                process.rlimits = {{"NOFILE", 1, 1}};
              }),
              StartsWith("process.rlimits[0].type: unknown value 'NOFILE'; use one of RLIMIT_AS, "));
  EXPECT_EQ(process_verdict([](Process& process) {
              process.rlimits = {{"RLIMIT_NOFILE", 1, 1}, {"RLIMIT_NOFILE", 1, 1}};
            }),
            "process.rlimits[1].type: RLIMIT_NOFILE was given before");
  EXPECT_EQ(process_verdict([](Process& process) {
              process.rlimits = {{"RLIMIT_NOFILE", 2, 1}};
            }),
            "process.rlimits[0].soft: 2 is above hard, 1");
}

TEST(ValidateProcess, Numbers) {
  EXPECT_EQ(process_verdict([](Process& process) { process.oom_score_adj = -1000; }), "accepted");
  EXPECT_EQ(process_verdict([](Process& process) { process.oom_score_adj = 1001; }),
            "process.oomScoreAdj: must be from -1000 to 1000, not 1001");
  EXPECT_EQ(process_verdict([](Process& process) { process.user.umask = 01022; }),
            "warning: process.user.umask: only the permission bits of 1022 (octal) count");
  EXPECT_EQ(process_verdict([](Process& process) {
              process.console_size = ConsoleSize{65535, 65535};
            }),
            "accepted");
  EXPECT_EQ(process_verdict([](Process& process) {
              process.console_size = ConsoleSize{1, 65536};
            }),
            "process.consoleSize.width: must be at most 65535");
}

std::string scheduler_verdict(const Scheduler& scheduler) {
  return process_verdict([&](Process& process) { process.scheduler = scheduler; });
}

TEST(ValidateProcess, Scheduler) {
  EXPECT_EQ(scheduler_verdict({.policy = "SCHED_OTHER", .nice = -20, .priority = 0}), "accepted");
  EXPECT_EQ(
      scheduler_verdict({.policy = "SCHED_FIFO", .priority = 99, .flags = {"SCHED_FLAG_RESET_ON_FORK"}}),
      "accepted");
  EXPECT_EQ(scheduler_verdict({.policy = "SCHED_DEADLINE", .runtime = 1, .deadline = 2, .period = 3}),
            "accepted");
  EXPECT_THAT(scheduler_verdict({.policy = "OTHER"}),
              StartsWith("process.scheduler.policy: unknown value 'OTHER'"));
  EXPECT_THAT(scheduler_verdict({.policy = "SCHED_OTHER", .flags = {"X"}}),
              StartsWith("process.scheduler.flags[0]: unknown value 'X'"));
  EXPECT_EQ(scheduler_verdict({.policy = "SCHED_OTHER", .nice = 20}),
            "process.scheduler.nice: must be from -20 to 19, not 20");
  EXPECT_EQ(scheduler_verdict({.policy = "SCHED_OTHER", .priority = 1}),
            "process.scheduler.priority: counts only with SCHED_FIFO and SCHED_RR");
  EXPECT_EQ(scheduler_verdict({.policy = "SCHED_RR", .priority = 100}),
            "process.scheduler.priority: must be from 1 to 99, not 100");
  EXPECT_EQ(scheduler_verdict({.policy = "SCHED_RR", .priority = 1, .period = 1}),
            "process.scheduler: runtime, deadline and period count only with SCHED_DEADLINE");
}

TEST(ValidateProcess, IoPriorityAndAffinity) {
  EXPECT_EQ(process_verdict([](Process& process) {
              process.io_priority = IoPriority{"IOPRIO_CLASS_IDLE", 7};
            }),
            "accepted");
  EXPECT_EQ(process_verdict([](Process& process) {
              process.io_priority = IoPriority{"IOPRIO_CLASS_BE", 8};
            }),
            "process.ioPriority.priority: must be from 0 to 7, not 8");
  EXPECT_THAT(process_verdict([](Process& process) { process.io_priority = IoPriority{"BE"}; }),
              StartsWith("process.ioPriority.class: unknown value 'BE'; use one of IOPRIO_CLASS_RT, "));
  for (const char* list : {"0", "0-3", "0-3,5", " 0 - 3 , 5"}) {
    EXPECT_EQ(process_verdict([&](Process& process) {
                process.exec_cpu_affinity = ExecCpuAffinity{list, list};
              }),
              "accepted");
  }
  for (const char* list : {"a", "3-0", "0,", "-1", "1--2", "0-99999999"}) {
    EXPECT_THAT(process_verdict([&](Process& process) {
                  process.exec_cpu_affinity = ExecCpuAffinity{"", list};
                }),
                StartsWith("process.execCPUAffinity.final: '"))
        << list;
  }
}

}  // namespace
}  // namespace cove::spec
