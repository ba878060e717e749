#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/caps/apply.h"
#include "kernel/caps/capability.h"
#include "sys/capability.h"

namespace cove::caps {
namespace {

using testing::HasSubstr;

TEST(Capability, NamesAndNumbersAreInverses) {
  for (unsigned number = 0; number < kCapabilityCount; ++number) {
    const std::string_view name = capability_name(number);
    ASSERT_TRUE(name.starts_with("CAP_")) << number;
    EXPECT_EQ(capability_number(name), number);
    EXPECT_EQ(capability_number(name.substr(4)), number);
  }
  EXPECT_EQ(capability_name(kCapabilityCount), "");
}

TEST(Capability, NumbersAreTheKernels) {
  EXPECT_EQ(capability_number("chown"), CAP_CHOWN);
  EXPECT_EQ(capability_number("Cap_Sys_Admin"), CAP_SYS_ADMIN);
  EXPECT_EQ(capability_number("SETFCAP"), CAP_SETFCAP);
  EXPECT_EQ(capability_number("AUDIT_READ"), CAP_AUDIT_READ);
  EXPECT_EQ(capability_number("BPF"), CAP_BPF);
  EXPECT_EQ(capability_number("CAP_CHECKPOINT_RESTORE"), CAP_CHECKPOINT_RESTORE);
}

TEST(Capability, RefusesWhatIsNoName) {
  for (const char* name : {"", "CAP_", "CHOWN ", "CAP_CHOWNS", "CAP_CAP_CHOWN", "0", "CHOW"}) {
    EXPECT_EQ(capability_number(name), std::nullopt) << name;
    EXPECT_FALSE(parse_capability(name).ok()) << name;
  }
  const auto refused = parse_capability("CAP_FLY");
  EXPECT_EQ(refused.error().message(), "unknown capability 'CAP_FLY'");
  EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
  EXPECT_THAT(refused.error().hint(), HasSubstr("NET_ADMIN"));
}

TEST(Capability, ParsesAllAndSingleOnes) {
  EXPECT_EQ(parse_capability("all").value(), CapabilitySet::all());
  EXPECT_EQ(parse_capability("ALL").value().size(), kCapabilityCount);
  EXPECT_EQ(parse_capability("net_raw").value(), CapabilitySet{CAP_NET_RAW});
}

TEST(Capability, SetsAddAndRemove) {
  CapabilitySet set{CAP_KILL, CAP_BPF};
  EXPECT_EQ(set.size(), 2U);
  EXPECT_TRUE(set.contains(CAP_BPF));
  EXPECT_FALSE(set.contains(CAP_CHOWN));
  EXPECT_FALSE(set.contains(64));
  set.remove(CAP_BPF);
  EXPECT_EQ(set, CapabilitySet{CAP_KILL});
  EXPECT_EQ(kDockerDefault - set, kDockerDefault & (CapabilitySet::all() - CapabilitySet{CAP_KILL}));
  EXPECT_EQ(set | CapabilitySet{CAP_CHOWN}, (CapabilitySet{CAP_CHOWN, CAP_KILL}));
  EXPECT_TRUE((set - set).empty());
}

TEST(Capability, PrintsByNumber) {
  EXPECT_EQ(print_capabilities({}), "none");
  EXPECT_EQ(print_capabilities({CAP_KILL, CAP_CHOWN}), "CAP_CHOWN CAP_KILL");
  EXPECT_EQ(print_capabilities(CapabilitySet{63}), "CAP_63");
}

TEST(Capability, DockersFourteen) {
  EXPECT_EQ(print_capabilities(kDockerDefault),
            "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP "
            "CAP_NET_BIND_SERVICE CAP_NET_RAW CAP_SYS_CHROOT CAP_MKNOD CAP_AUDIT_WRITE CAP_SETFCAP");
}

// Runs `body` in a child process, since capabilities do not come back; its exit status tells the outcome.
template <typename Body>
bool holds_in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool may_drop_bounding() {
  return current_capabilities().value().effective.contains(CAP_SETPCAP);
}

TEST(Apply, CurrentSetsAreConsistent) {
  const auto sets = current_capabilities();
  ASSERT_TRUE(sets.ok());
  EXPECT_TRUE((sets->effective - sets->permitted).empty());
  EXPECT_TRUE((sets->ambient - (sets->permitted & sets->inheritable)).empty());
}

TEST(Apply, EverythingCanBeGivenUp) {
  EXPECT_TRUE(holds_in_child([] {
    if (!apply_ambient({}).ok() || !apply_sets({}, {}, {}).ok()) return false;
    const auto sets = current_capabilities().value();
    return sets.effective.empty() && sets.permitted.empty() && sets.inheritable.empty() &&
           sets.ambient.empty();
  }));
}

TEST(Apply, WhatIsGoneDoesNotComeBack) {
  EXPECT_TRUE(holds_in_child([] {
    if (!apply_sets({}, {}, {}).ok()) return false;
    const auto again = apply_sets({CAP_CHOWN}, {CAP_CHOWN}, {});
    return !again.ok() && again.error().sys_errno() == EPERM;
  }));
}

TEST(Apply, BoundingSetShrinksToWhatIsKept) {
  if (!may_drop_bounding()) {
    EXPECT_TRUE(holds_in_child([] { return !apply_bounding({}).ok(); }))
        << "without CAP_SETPCAP it must fail";
    return;
  }
  EXPECT_TRUE(holds_in_child([] {
    const CapabilitySet before = current_capabilities().value().bounding;
    if (!apply_bounding(kDockerDefault).ok()) return false;
    return current_capabilities().value().bounding == (before & kDockerDefault);
  }));
}

TEST(Apply, BoundingNeedsSetpcapOnlyWhenSomethingIsDropped) {
  EXPECT_TRUE(holds_in_child([] {
    const CapabilitySet before = current_capabilities().value().bounding;
    if (!apply_sets({}, {}, {}).ok() || before.empty()) return false;
    const auto refused = apply_bounding({});
    return apply_bounding(before).ok() && !refused.ok() && refused.error().sys_errno() == EPERM &&
           refused.error().message().starts_with("CAP_CHOWN: drop capability 0 from the bounding set");
  }));
}

TEST(Apply, AmbientMustBePermittedAndInheritable) {
  const CapabilitySet permitted = current_capabilities().value().permitted;
  EXPECT_TRUE(holds_in_child([] {
    if (!apply_sets({}, {}, {}).ok()) return false;
    const auto refused = apply_ambient({CAP_KILL});
    return !refused.ok() && refused.error().message().starts_with("CAP_KILL: raise ambient capability 5");
  }));
  if (!permitted.contains(CAP_KILL)) return;
  EXPECT_TRUE(holds_in_child([] {
    const CapabilitySet kill{CAP_KILL};
    return apply_sets(kill, kill, kill).ok() && apply_ambient(kill).ok() &&
           current_capabilities().value().ambient == kill && apply_ambient({}).ok() &&
           current_capabilities().value().ambient.empty();
  }));
}

TEST(Apply, KeepCapabilitiesFlag) {
  EXPECT_TRUE(holds_in_child(
      [] { return sys::set_keep_capabilities(true).ok() && sys::set_keep_capabilities(false).ok(); }));
}

}  // namespace
}  // namespace cove::caps
