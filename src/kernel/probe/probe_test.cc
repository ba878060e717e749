#include "kernel/probe/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "kernel/probe/apparmor.h"
#include "kernel/probe/parse.h"
#include "kernel/probe/trial.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::probe {
namespace {

using testing::HasSubstr;

Status succeed() {
  return {};
}
Status fail_with_everything() {
  Error error = Error::from_errno("do it", EBUSY);
  error.set_code(ErrorCode::overlay_userns).set_hint("do it later");
  return error;
}
Status fail_at_length() {
  return Error(ErrorCode::internal, std::string(5000, 'x'));
}
Status die() {
  ::_exit(0);
}

TEST(TryInChild, BringsTheErrorBackWhole) {
  TrialOutcome outcome = try_in_child({}, succeed);
  EXPECT_TRUE(outcome.started);
  EXPECT_TRUE(outcome.status.ok());

  outcome = try_in_child({}, fail_with_everything);
  EXPECT_TRUE(outcome.started);
  ASSERT_FALSE(outcome.status.ok());
  EXPECT_EQ(outcome.status.error().message(), "do it: Device or resource busy");
  EXPECT_EQ(outcome.status.error().code(), ErrorCode::overlay_userns);
  EXPECT_EQ(outcome.status.error().sys_errno(), EBUSY);
  EXPECT_EQ(outcome.status.error().hint(), "do it later");

  EXPECT_EQ(try_in_child({}, fail_at_length).status.error().message(), std::string(1000, 'x'));
}

TEST(TryInChild, NoticesATrialThatDies) {
  const TrialOutcome outcome = try_in_child({}, die);
  EXPECT_TRUE(outcome.started);
  ASSERT_FALSE(outcome.status.ok());
  EXPECT_EQ(outcome.status.error().message(), "the trial died");
}

TEST(TryInChild, SaysWhenTheChildCouldNotBeMade) {
  const auto file = sys::open_path("/", O_PATH);
  ASSERT_TRUE(file.ok());
  const TrialOutcome outcome = try_in_child({.cgroup_fd = file->get()}, succeed);  // not a cgroup
  EXPECT_FALSE(outcome.started);
  EXPECT_EQ(outcome.status.error().sys_errno(), EBADF);
}

TEST(RunProbes, FindsSomethingForEachAndChangesNothing) {
  const std::string mounts = sys::read_file("/proc/self/mountinfo").value();
  const std::string host = sys::read_file("/proc/sys/kernel/hostname").value();
  const std::vector<Finding> findings = run_probes();
  EXPECT_EQ(sys::read_file("/proc/self/mountinfo").value(), mounts);
  EXPECT_EQ(sys::read_file("/proc/sys/kernel/hostname").value(), host);
  EXPECT_EQ(sys::wait_process(-1).error().sys_errno(), ECHILD);  // no child left

  std::set<std::string_view> ids;
  for (const Finding& finding : findings) {
    EXPECT_TRUE(ids.insert(finding.id).second) << finding.id;
    EXPECT_EQ(finding.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos);
    EXPECT_FALSE(finding.title.empty());
    EXPECT_FALSE(finding.detail.empty()) << finding.id;
    if (finding.verdict == Verdict::ok) {
      EXPECT_EQ(finding.remedy, "") << finding.id;
    }
  }
  EXPECT_GE(findings.size(), 20U);
}

const std::array kSample{
    Finding{"kernel", "Kernel version", true, Verdict::ok, "Linux 6.1", ""},
    Finding{"overlay", "Overlay", false, Verdict::missing, "fsopen \"overlay\": No such device",
            "as root: modprobe overlay"},
};

TEST(PrintText, HasALineForEachFindingAndRemedy) {
  EXPECT_EQ(print_text(kSample),
            "ok       Kernel version: Linux 6.1\n"
            "missing  Overlay: fsopen \"overlay\": No such device\n"
            "         mend: as root: modprobe overlay\n"
            "\n"
            "cove run works here: 1 ok, 0 limited, 1 missing, 0 unknown\n");
}

TEST(PrintJson, FollowsTheSchema) {
  EXPECT_EQ(print_json(kSample), R"({
  "schema": "cove-doctor",
  "version": 1,
  "usable": true,
  "summary": {
    "ok": 1,
    "limited": 0,
    "missing": 1,
    "unknown": 0
  },
  "findings": [
    {
      "id": "kernel",
      "title": "Kernel version",
      "essential": true,
      "status": "ok",
      "detail": "Linux 6.1",
      "remedy": null
    },
    {
      "id": "overlay",
      "title": "Overlay",
      "essential": false,
      "status": "missing",
      "detail": "fsopen \"overlay\": No such device",
      "remedy": "as root: modprobe overlay"
    }
  ]
}
)");
}

TEST(IsUsable, OnlyTheEssentialCounts) {
  EXPECT_TRUE(is_usable(kSample));
  for (const Verdict verdict : {Verdict::missing, Verdict::unknown}) {
    const std::array findings{Finding{"a", "A", true, verdict, "d", ""}};
    EXPECT_FALSE(is_usable(findings));
    EXPECT_THAT(print_text(findings), HasSubstr("cove run cannot work here"));
  }
  const std::array limited{Finding{"a", "A", true, Verdict::limited, "d", ""}};
  EXPECT_TRUE(is_usable(limited));
}

TEST(ParseKeyQuota, FindsTheUsersLine) {
  constexpr std::string_view kText =
      "    0:     9 8/8 3/1000000 40/25000000\n 1000:   181 180/180 190/200 18000/20000\n";
  EXPECT_EQ(parse_key_quota(kText, 0), (KeyQuota{3, 1000000, 40, 25000000}));
  EXPECT_EQ(parse_key_quota(kText, 1000), (KeyQuota{190, 200, 18000, 20000}));
  EXPECT_FALSE(parse_key_quota(kText, 0)->nearly_used_up());
  EXPECT_TRUE(parse_key_quota(kText, 1000)->nearly_used_up());
  EXPECT_FALSE(parse_key_quota(kText, 1));
  for (const char* text : {"", "0", "0:", "0: 1", "0: 1 2/2 3", "0: 1 2/2 3/x 4/5", ":::"}) {
    EXPECT_FALSE(parse_key_quota(text, 0)) << text;
  }
}

TEST(FindVariable, LooksForTheWholeName) {
  constexpr std::string_view kEnviron("A=1\0container=lxc\0B\0", 20);
  EXPECT_EQ(find_variable(kEnviron, "container"), "lxc");
  EXPECT_EQ(find_variable(kEnviron, "A"), "1");
  EXPECT_FALSE(find_variable(kEnviron, "B"));
  EXPECT_FALSE(find_variable(kEnviron, "contain"));
  EXPECT_FALSE(find_variable("", "A"));
}

TEST(AppArmorProfile, AllowsUserNamespaces) {
  const auto profile = apparmor_profile("/usr/local/bin/cove", ProfileAbi::since_4);
  ASSERT_TRUE(profile.ok());
  EXPECT_THAT(profile.value(),
              HasSubstr("\nprofile cove \"/usr/local/bin/cove\" flags=(unconfined) {\n  userns,\n"));
  EXPECT_THAT(profile.value(), HasSubstr("apparmor_parser -r /etc/apparmor.d/cove\n"));
}

TEST(AppArmorProfile, NamesNothingThatAnOldParserDoesNotKnow) {
  const std::string profile = apparmor_profile("/usr/bin/cove", ProfileAbi::before_4).value();
  EXPECT_THAT(profile, HasSubstr("\nprofile cove \"/usr/bin/cove\" flags=(unconfined) {\n"));
  EXPECT_THAT(profile, testing::Not(HasSubstr("userns,")));
  EXPECT_THAT(profile, testing::Not(HasSubstr("abi <")));
}

TEST(AppArmorProfile, QuotesWhatWouldBeAPattern) {
  EXPECT_THAT(apparmor_profile("/a b/*{\"\\}", ProfileAbi::since_4).value(),
              HasSubstr("cove \"/a b/\\*\\{\\\"\\\\\\}\" flags"));
  EXPECT_FALSE(apparmor_profile("/a\nb", ProfileAbi::since_4).ok());
  EXPECT_FALSE(apparmor_profile("cove", ProfileAbi::since_4).ok());
  EXPECT_FALSE(apparmor_profile("", ProfileAbi::since_4).ok());
}

}  // namespace
}  // namespace cove::probe
