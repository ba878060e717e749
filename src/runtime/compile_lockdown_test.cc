#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/seccomp/interpreter.h"
#include "runtime/compile.h"

namespace cove::runtime {
namespace {

using testing::HasSubstr;

struct Outcome {
  Status status;
  launch::LaunchPlan plan;
};

// `seccomp`: the members of linux.seccomp.
Outcome compile_with(const std::string& seccomp) {
  const auto spec = spec::parse_spec(
      R"({"ociVersion": "1.2.0", "process": {"cwd": "/", "args": ["true"]}, "linux": {"seccomp": {)" +
      seccomp + "}}}");
  EXPECT_TRUE(spec.ok()) << spec.error().message();
  Outcome outcome;
  outcome.status = compile_lockdown({*spec->process, spec->linux_config, {}}, outcome.plan);
  return outcome;
}

std::string refusal(const std::string& seccomp) {
  Outcome outcome = compile_with(seccomp);
  if (outcome.status) return "accepted";
  EXPECT_EQ(outcome.status.error().code(), ErrorCode::invalid_argument);
  EXPECT_FALSE(outcome.status.error().hint().empty());
  return outcome.status.error().message();
}

std::string notify_on(const std::string& names, const std::string& more = "") {
  return R"("defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/run/agent", "syscalls": [{"names": [)" +
         names + R"(], "action": "SCMP_ACT_NOTIFY"})" + more + "]";
}

TEST(CompileLockdown, TakesAFilterWithAnAgent) {
  const Outcome outcome = compile_with(notify_on(R"("mkdir", "mount")"));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error().message();
  EXPECT_TRUE(outcome.plan.lockdown.seccomp_listener);
  const uint32_t mkdir = *seccomp::syscall_number(seccomp::Abi::x86_64, "mkdir");
  EXPECT_TRUE(seccomp::filter_notifies(outcome.plan.lockdown.seccomp, seccomp::Abi::x86_64, mkdir));
}

TEST(CompileLockdown, RefusesToLetTheHandoverWaitForTheAgent) {
  EXPECT_THAT(refusal(notify_on(R"("sendmsg")")), HasSubstr("sendmsg cannot wait for the agent"));
  // Also under a condition on its arguments, which are not known here.
  EXPECT_THAT(refusal(R"("defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/run/agent", "syscalls": [
      {"names": ["sendmsg"], "action": "SCMP_ACT_NOTIFY", "args": [{"index": 0, "value": 9, "op": "SCMP_CMP_EQ"}]}])"),
              HasSubstr("sendmsg cannot wait for the agent"));
}

TEST(CompileLockdown, RefusesAnAgentWhoseHandoverTheFilterDenies) {
  EXPECT_THAT(refusal(notify_on(R"("mkdir")", R"(, {"names": ["sendmsg"], "action": "SCMP_ACT_ERRNO"})")),
              HasSubstr("sendmsg is denied"));
  EXPECT_THAT(refusal(R"("defaultAction": "SCMP_ACT_ERRNO", "listenerPath": "/run/agent", "syscalls": [
      {"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}, {"names": ["execve"], "action": "SCMP_ACT_ALLOW"}])"),
              HasSubstr("sendmsg is denied"));
  // Without an agent nothing is handed over.
  EXPECT_EQ(refusal(R"("defaultAction": "SCMP_ACT_ALLOW",
      "syscalls": [{"names": ["sendmsg"], "action": "SCMP_ACT_ERRNO"}])"),
            "accepted");
}

TEST(CompileLockdown, KeepsToWhatOtherRuntimesNotify) {
  EXPECT_THAT(refusal(notify_on(R"("mkdir", "write")")),
              HasSubstr("linux.seccomp.syscalls[0]: SCMP_ACT_NOTIFY cannot be used for the write"));
  EXPECT_THAT(refusal(R"("defaultAction": "SCMP_ACT_NOTIFY", "listenerPath": "/run/agent")"),
              HasSubstr("linux.seccomp.defaultAction"));
  EXPECT_THAT(refusal(R"("defaultAction": "SCMP_ACT_ALLOW",
      "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}])"),
              HasSubstr("linux.seccomp.listenerPath: missing"));
  EXPECT_EQ(refusal(notify_on(R"("writev")")), "accepted");
}

}  // namespace
}  // namespace cove::runtime
