#include "kernel/seccomp/profile_json.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/seccomp.h>

#include "base/strict_json.h"

namespace cove::seccomp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string failure(std::string_view text, ErrorCode code = ErrorCode::seccomp_profile) {
  const auto parsed = parse_profile(text);
  if (parsed.ok()) return "parsed";
  EXPECT_EQ(parsed.error().code(), code) << parsed.error().message();
  return parsed.error().message();
}

// A profile with one rule, whose fields are `fields`.
std::string with_rule(std::string_view fields) {
  return fmt::format(R"({{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{{{}}}]}})", fields);
}
std::string with_argument(std::string_view fields) {
  return with_rule(
      fmt::format(R"("names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{{{}}}])", fields));
}

constexpr std::string_view kEverything = R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "defaultErrnoRet": 38,
  "archMap": [
    {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]},
    {"architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null}
  ],
  "flags": ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"],
  "listenerPath": "",
  "syscalls": [
    {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW", "args": [], "comment": "", "includes": {}, "excludes": {}},
    {"name": "clone", "action": "SCMP_ACT_TRACE", "errnoRet": 65535,
     "args": [{"index": 5, "value": 18446744073709551615, "valueTwo": 18446744073709551614, "op": "SCMP_CMP_MASKED_EQ"}],
     "includes": {"caps": ["CAP_SYS_ADMIN", "CAP_BPF"], "arches": ["amd64", "x32"], "minKernel": "4.8"},
     "excludes": {"caps": ["CAP_CHOWN"], "minKernel": ""}},
    {"names": ["kexec_load"], "action": "SCMP_ACT_KILL"}
  ]
})";

TEST(ProfileJson, ReadsEveryField) {
  const auto parsed = parse_profile(kEverything);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  EXPECT_EQ(parsed->default_verdict, (Verdict{Action::error, 38}));
  EXPECT_THAT(parsed->architectures, IsEmpty());
  ASSERT_EQ(parsed->architecture_map.size(), 2U);
  EXPECT_EQ(parsed->architecture_map[0].architecture, Architecture::x86_64);
  EXPECT_THAT(parsed->architecture_map[0].sub_architectures,
              ElementsAre(Architecture::x86, Architecture::x32));
  EXPECT_THAT(parsed->architecture_map[1].sub_architectures, IsEmpty());
  EXPECT_EQ(parsed->flags, unsigned{SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_TSYNC});
  EXPECT_THAT(parsed->unknown_keys, IsEmpty());
  ASSERT_EQ(parsed->syscalls.size(), 3U);
  EXPECT_THAT(parsed->syscalls[0].names, ElementsAre("read", "write"));
  EXPECT_EQ(parsed->syscalls[0].verdict, (Verdict{Action::allow, 0}));
  const SyscallRule& clone = parsed->syscalls[1];
  EXPECT_THAT(clone.names, ElementsAre("clone"));
  EXPECT_EQ(clone.verdict, (Verdict{Action::trace, 65535}));
  ASSERT_EQ(clone.arguments.size(), 1U);
  EXPECT_EQ(clone.arguments[0].index, 5);
  EXPECT_EQ(clone.arguments[0].comparison, Comparison::masked_equal);
  EXPECT_EQ(clone.arguments[0].value, UINT64_MAX);
  EXPECT_EQ(clone.arguments[0].value_two, UINT64_MAX - 1);
  EXPECT_EQ(clone.includes.capabilities, (caps::CapabilitySet{CAP_SYS_ADMIN, CAP_BPF}));
  EXPECT_THAT(clone.includes.architectures, ElementsAre("amd64", "x32"));
  EXPECT_EQ(clone.includes.min_kernel, (sys::KernelVersion{4, 8}));
  EXPECT_EQ(clone.excludes.capabilities, (caps::CapabilitySet{CAP_CHOWN}));
  EXPECT_EQ(clone.excludes.min_kernel, std::nullopt);
  EXPECT_EQ(parsed->syscalls[2].verdict, (Verdict{Action::kill_thread, 0}));
}

TEST(ProfileJson, DefaultsOfWhatIsLeftOut) {
  const auto parsed =
      parse_profile(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": null, "flags": null})");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->default_verdict, (Verdict{Action::error, EPERM}));
  EXPECT_EQ(parsed->flags, unsigned{SECCOMP_FILTER_FLAG_SPEC_ALLOW});
  EXPECT_THAT(parsed->syscalls, IsEmpty());
  EXPECT_EQ(parse_profile(R"({"defaultAction": "SCMP_ACT_TRACE"})")->default_verdict,
            (Verdict{Action::trace, EPERM}));
  EXPECT_EQ(parse_profile(R"({"defaultAction": "SCMP_ACT_LOG", "flags": []})")->flags, 0U);
}

TEST(ProfileJson, EveryAction) {
  const std::vector<std::pair<std::string, uint32_t>> results{
      {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD},
      {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD},
      {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS},
      {"SCMP_ACT_TRAP", SECCOMP_RET_TRAP},
      {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO | EPERM},
      {"SCMP_ACT_TRACE", SECCOMP_RET_TRACE | EPERM},
      {"SCMP_ACT_LOG", SECCOMP_RET_LOG},
      {"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW}};
  for (const auto& [name, result] : results) {
    const auto parsed = parse_profile(fmt::format(R"({{"defaultAction": "{}"}})", name));
    ASSERT_TRUE(parsed.ok()) << name;
    EXPECT_EQ(return_value(parsed->default_verdict), result) << name;
  }
}

TEST(ProfileJson, UnknownKeysAreListed) {
  const auto parsed =
      parse_profile(R"({"defaultAction": "SCMP_ACT_ALLOW", "defaultErrno": "EPERM", "syscalls": [
    {"names": ["read"], "action": "SCMP_ACT_ALLOW", "arg": [{"index": 0}], "includes": {"cap": []},
     "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_EQ", "value2": 3}]}]})");
  ASSERT_TRUE(parsed.ok());
  EXPECT_THAT(parsed->unknown_keys, ElementsAre("defaultErrno", "syscalls[0].arg", "syscalls[0].includes.cap",
                                                "syscalls[0].args[0].value2"));
}

TEST(ProfileJson, RejectionsNameTheField) {
  EXPECT_THAT(failure(with_argument(R"("index": 0, "value": 1, "op": "X")")),
              HasSubstr("syscalls[0].args[0].op: unknown operator 'X'; use one of SCMP_CMP_NE, SCMP_CMP_LT"));
  EXPECT_EQ(failure(with_argument(R"("index": 6, "value": 1, "op": "SCMP_CMP_EQ")")),
            "syscalls[0].args[0].index: must be a whole number from 0 to 5, not 6");
  EXPECT_EQ(failure(with_argument(R"("index": 0, "value": -1, "op": "SCMP_CMP_EQ")")),
            "syscalls[0].args[0].value: must be a whole number from 0 to 18446744073709551615, not a "
            "negative number");
  EXPECT_THAT(failure(with_argument(R"("index": 0, "value": 18446744073709551616, "op": "SCMP_CMP_EQ")")),
              HasSubstr("out of range"));
  EXPECT_THAT(failure(with_argument(R"("index": 0, "value": 1e3, "op": "SCMP_CMP_EQ")")),
              HasSubstr("fraction"));
  EXPECT_EQ(failure(with_argument(R"("value": 1, "op": "SCMP_CMP_EQ")")),
            "syscalls[0].args[0].index: missing; use 0 for the first argument");
  EXPECT_EQ(failure(with_argument(R"("index": 1, "op": "SCMP_CMP_EQ")")),
            "syscalls[0].args[0].value: missing");
  EXPECT_THAT(failure(with_argument(R"("index": 1, "value": 1)")),
              HasSubstr("syscalls[0].args[0].op: missing"));
  EXPECT_THAT(failure(R"({"defaultAction": "ALLOW"})"),
              HasSubstr("defaultAction: unknown action 'ALLOW'; use one of"));
  EXPECT_THAT(failure("{}"), HasSubstr("defaultAction: missing"));
  EXPECT_EQ(failure("null"), "must be an object, not null");
  EXPECT_EQ(failure("[]"), "must be an object, not an array");
  EXPECT_THAT(
      failure(R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_PDP11"]})"),
      HasSubstr("architectures[0]: unknown architecture 'SCMP_ARCH_PDP11'; use one of SCMP_ARCH_X86_64"));
  EXPECT_THAT(failure(R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": ["FAST"]})"),
              HasSubstr("flags[0]: unknown flag 'FAST'; use one of SECCOMP_FILTER_FLAG_TSYNC"));
  EXPECT_EQ(failure(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": {}})"),
            "syscalls: must be an array, not an object");
  EXPECT_EQ(failure(R"({"defaultAction": "SCMP_ACT_ALLOW", "archMap": [{}]})"),
            "archMap[0].architecture: missing");
  EXPECT_EQ(failure(R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"],
                        "archMap": [{"architecture": "SCMP_ARCH_X86_64"}]})"),
            "archMap: excludes 'architectures'; keep one of them");
}

TEST(ProfileJson, RejectsRulesThatSayTooLittleOrTooMuch) {
  EXPECT_EQ(failure(with_rule(R"("action": "SCMP_ACT_ALLOW")")),
            "syscalls[0].names: must hold at least one system call");
  EXPECT_EQ(failure(with_rule(R"("names": [], "action": "SCMP_ACT_ALLOW")")),
            "syscalls[0].names: must hold at least one system call");
  EXPECT_EQ(failure(with_rule(R"("names": ["read", ""], "action": "SCMP_ACT_ALLOW")")),
            "syscalls[0].names[1]: must be the name of a system call, not an empty string");
  EXPECT_EQ(failure(with_rule(R"("names": ["read", 3], "action": "SCMP_ACT_ALLOW")")),
            "syscalls[0].names[1]: must be a string, not a number");
  EXPECT_EQ(failure(with_rule(R"("name": "read", "names": ["read"], "action": "SCMP_ACT_ALLOW")")),
            "syscalls[0].name: excludes 'names'; keep one of them");
  EXPECT_THAT(failure(with_rule(R"("names": ["read"])")), HasSubstr("syscalls[0].action: missing"));
  EXPECT_THAT(failure(with_rule(R"("names": ["read"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1)")),
              HasSubstr("syscalls[0].errnoRet: SCMP_ACT_ALLOW has no errno"));
  EXPECT_EQ(failure(with_rule(R"("names": ["read"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4096)")),
            "syscalls[0].errnoRet: must be a whole number from 0 to 4095, not 4096");
  EXPECT_EQ(failure(with_rule(R"("names": ["read"], "action": "SCMP_ACT_TRACE", "errnoRet": 65536)")),
            "syscalls[0].errnoRet: must be a whole number from 0 to 65535, not 65536");
  EXPECT_THAT(failure(R"({"defaultAction": "SCMP_ACT_KILL", "defaultErrnoRet": 1})"),
              HasSubstr("defaultErrnoRet: SCMP_ACT_KILL_THREAD has no errno"));
  EXPECT_EQ(
      failure(with_rule(R"("names": ["read"], "action": "SCMP_ACT_LOG", "includes": {"caps": ["CAP_FLY"]})")),
      "syscalls[0].includes.caps[0]: unknown capability 'CAP_FLY'");
  for (const char* version :
       {"4", "4.", ".8", "4.8.1", "v4.8", "4.8-rc1", "0.0", "256.0", "4.256", "-4.8", " 4.8"}) {
    EXPECT_THAT(
        failure(with_rule(fmt::format(
            R"("names": ["read"], "action": "SCMP_ACT_LOG", "excludes": {{"minKernel": "{}"}})", version))),
        HasSubstr("syscalls[0].excludes.minKernel: must be a kernel version as '4.8', not "))
        << version;
  }
}

TEST(ProfileJson, ListenersArePassedOn) {
  const auto profile =
      parse_profile(R"({"defaultAction": "SCMP_ACT_NOTIFY", "listenerPath": "/run/agent.sock",
    "listenerMetadata": "for the agent", "flags": ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"],
    "syscalls": [{"names": ["mount"], "action": "SCMP_ACT_NOTIFY"}]})");
  ASSERT_TRUE(profile.ok());
  EXPECT_EQ(profile->default_verdict, (Verdict{Action::notify, 0}));
  EXPECT_EQ(profile->syscalls[0].verdict, (Verdict{Action::notify, 0}));
  EXPECT_EQ(profile->flags, unsigned{SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV});
  EXPECT_EQ(profile->listener_path, "/run/agent.sock");
  EXPECT_EQ(profile->listener_metadata, "for the agent");
}

TEST(ProfileJson, RefusesListenersThatMakeNoSense) {
  EXPECT_EQ(
      failure(with_rule(R"("names": ["mount"], "action": "SCMP_ACT_NOTIFY", "errnoRet": 1)")),
      "syscalls[0].errnoRet: SCMP_ACT_NOTIFY has no errno; leave the field out, or use SCMP_ACT_ERRNO or "
      "SCMP_ACT_TRACE");
  EXPECT_EQ(failure(R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "agent.sock"})"),
            "listenerPath: must be an absolute path, not 'agent.sock'");
  EXPECT_EQ(failure(R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/run\u0000x"})"),
            "listenerPath: must be an absolute path, not '/run\\x00x'");
  EXPECT_EQ(failure(R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": 5})"),
            "listenerPath: must be a string, not a number");
  EXPECT_EQ(failure(R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerMetadata": "x", "listenerPath": ""})"),
            "listenerMetadata: counts only with 'listenerPath'; give both or none");
}

TEST(ProfileJson, ReadsWhatIsParsedAlready) {
  const auto config =
      json::parse(R"({"seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "later": 1}})");
  ASSERT_TRUE(config.ok());
  const auto& seccomp = std::get<json::Object>(config->data)[0].value;
  const auto profile = parse_profile(seccomp);
  ASSERT_TRUE(profile.ok());
  EXPECT_EQ(profile->default_verdict, (Verdict{Action::error, 38}));
  EXPECT_THAT(profile->unknown_keys, ElementsAre("later"));
  EXPECT_EQ(parse_profile(json::Value{uint64_t{1}}).error().message(), "must be an object, not a number");
}

TEST(ProfileJson, RefusesWhatIsNoStrictJson) {
  EXPECT_EQ(failure(R"({"defaultAction": "SCMP_ACT_ALLOW", "defaultAction": "SCMP_ACT_KILL"})"),
            "duplicate key 'defaultAction'");
  EXPECT_EQ(failure(with_rule(R"("names": ["read"], "action": "SCMP_ACT_LOG", "action": "SCMP_ACT_ALLOW")")),
            "syscalls[0]: duplicate key 'action'");
  EXPECT_THAT(failure("{"), HasSubstr("line 1, column 2: not JSON"));
  EXPECT_THAT(failure(std::string(100, '[')), HasSubstr("nested more than 64 levels"));
}

}  // namespace
}  // namespace cove::seccomp
