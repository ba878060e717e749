// The conversation with systemd, against a server of ours that follows a script (see tests/vm/systemd for the
// real one).
#include "kernel/systemd/manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/dbus/test_peer.h"
#include "kernel/systemd/test_print.h"

namespace cove::systemd {
namespace {

using dbus::Message;
using dbus::Peer;
using dbus::Value;
using testing::HasSubstr;

constexpr unsigned kSoonMs = 5000;
const ScopeRequest kRequest{
    {"a.slice", "x-1.scope"}, "a container", {77, 78}, {dbus::property("TasksMax", {uint64_t{5}})}};

Value text(const char* content) {
  return {std::string(content)};
}

void job_removed(Peer& peer, const char* job, const char* result) {
  Message signal;
  signal.type = dbus::MessageType::signal;
  signal.serial = 99;
  signal.path = "/org/freedesktop/systemd1";
  signal.interface = "org.freedesktop.systemd1.Manager";
  signal.member = "JobRemoved";
  peer.send(
      marshal(signal, {{uint32_t{1}}, {dbus::ObjectPath{job}}, text("x-1.scope"), text(result)}).value());
}

void answer_job(Peer& peer, const Message& call, const char* job) {
  peer.answer(call, {{dbus::ObjectPath{job}}});
}

Message expect_call(Peer& peer, const char* member) {
  Message call = peer.message();
  if (call.member != member) _exit(50);
  return call;
}

std::string arguments_of(const Message& call) {
  return print_all(read_body(call).value());
}

class SystemdManager : public dbus::FakeServer {
 protected:
  [[nodiscard]] Manager connect(bool bus = false) const {
    return std::move(Manager::connect_to(socket_, bus, kSoonMs)).value();
  }
};

TEST_F(SystemdManager, StartsAScope) {
  serve([](Peer& peer) {
    peer.accept_client();
    const Message start = expect_call(peer, "StartTransientUnit");
    if (arguments_of(start) !=
        "'x-1.scope', 'replace', a(sv)[('Description', 'a container'), ('Slice', 'a.slice'), ('PIDs', "
        "au[u:77, u:78]), "
        "('Delegate', b:true), ('CPUAccounting', b:true), ('MemoryAccounting', b:true), ('IOAccounting', "
        "b:true), "
        "('TasksAccounting', b:true), ('DefaultDependencies', b:false), ('TasksMax', t:5)], a(sa(sv))[]") {
      _exit(51);
    }
    // The signal may come before the answer; those of other jobs are not ours.
    job_removed(peer, "/job/2", "failed");
    job_removed(peer, "/job/1", "done");
    answer_job(peer, start, "/job/1");
  });
  const Status started = connect().start_scope(kRequest);
  EXPECT_TRUE(started.ok()) << Status(started).error().message();
}

TEST_F(SystemdManager, SubscribesOnABus) {
  serve([](Peer& peer) {
    peer.accept_client();
    peer.answer(expect_call(peer, "Hello"), {text(":1.1")});
    const Message match = expect_call(peer, "AddMatch");
    if (arguments_of(match).find("member='JobRemoved'") == std::string::npos) _exit(51);
    peer.answer(match, {});
    peer.answer(expect_call(peer, "Subscribe"), {});
    answer_job(peer, expect_call(peer, "StartTransientUnit"), "/job/1");
    job_removed(peer, "/job/1", "done");
    answer_job(peer, expect_call(peer, "StopUnit"), "/job/2");
    job_removed(peer, "/job/2", "done");
    peer.answer(expect_call(peer, "ResetFailedUnit"), {});
  });
  Manager manager = connect(true);
  EXPECT_TRUE(manager.start_scope(kRequest).ok());
  EXPECT_TRUE(manager.stop("x-1.scope").ok());
}

TEST_F(SystemdManager, AFailedLeftoverIsReset) {
  serve([](Peer& peer) {
    peer.accept_client();
    peer.answer(expect_call(peer, "StartTransientUnit"), {text("already there")},
                "org.freedesktop.systemd1.UnitExists");
    peer.answer(expect_call(peer, "ResetFailedUnit"), {});
    answer_job(peer, expect_call(peer, "StartTransientUnit"), "/job/1");
    job_removed(peer, "/job/1", "done");
  });
  EXPECT_TRUE(connect().start_scope(kRequest).ok());
}

TEST_F(SystemdManager, AUnitThatExistsIsRefused) {
  serve([](Peer& peer) {
    peer.accept_client();
    for (const char* member : {"StartTransientUnit", "ResetFailedUnit", "StartTransientUnit"}) {
      peer.answer(expect_call(peer, member), {text("already there")}, "org.freedesktop.systemd1.UnitExists");
    }
  });
  const Status refused = connect().start_scope(kRequest);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::stale_resource);
  EXPECT_THAT(refused.error().message(), HasSubstr("start unit x-1.scope: systemd says 'already there'"));
}

TEST_F(SystemdManager, AJobThatFails) {
  serve([](Peer& peer) {
    peer.accept_client();
    answer_job(peer, expect_call(peer, "StartTransientUnit"), "/job/1");
    job_removed(peer, "/job/1", "failed");
    // The next one never ends.
    answer_job(peer, expect_call(peer, "StartTransientUnit"), "/job/2");
  });
  auto manager = Manager::connect_to(socket_, false, 300);
  ASSERT_TRUE(manager.ok());
  const Status failed = manager->start_scope(kRequest);
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().message(), HasSubstr("ended with 'failed'"));
  const Status stuck = manager->start_scope(kRequest);
  ASSERT_FALSE(stuck.ok());
  EXPECT_EQ(stuck.error().sys_errno(), ETIMEDOUT);
  EXPECT_THAT(stuck.error().message(), HasSubstr("x-1.scope"));
}

TEST_F(SystemdManager, WhatIsGoneIsStopped) {
  serve([](Peer& peer) {
    peer.accept_client();
    peer.answer(expect_call(peer, "StopUnit"), {text("not loaded")}, "org.freedesktop.systemd1.NoSuchUnit");
    peer.answer(expect_call(peer, "StopUnit"), {text("no")}, "org.freedesktop.DBus.Error.AccessDenied");
  });
  Manager manager = connect();
  EXPECT_TRUE(manager.stop("x-1.scope").ok());
  EXPECT_EQ(manager.stop("x-1.scope").error().code(), ErrorCode::permission);
}

TEST_F(SystemdManager, PropertiesAndTheCgroup) {
  serve([](Peer& peer) {
    peer.accept_client();
    const Message set = expect_call(peer, "SetUnitProperties");
    if (arguments_of(set) != "'x-1.scope', b:true, a(sv)[('TasksMax', t:5)]") _exit(51);
    peer.answer(set, {});
    peer.answer(expect_call(peer, "GetUnit"), {{dbus::ObjectPath{"/unit/x"}}});
    const Message get = expect_call(peer, "Get");
    if (get.path != "/unit/x" || arguments_of(get) != "'org.freedesktop.systemd1.Scope', 'ControlGroup'")
      _exit(52);
    peer.answer(get, {dbus::variant(text("/a.slice/x-1.scope"))});
    peer.answer(expect_call(peer, "GetUnit"), {text("no path")});
  });
  Manager manager = connect();
  EXPECT_TRUE(manager.set_properties("x-1.scope", {}).ok());
  EXPECT_TRUE(manager.set_properties("x-1.scope", kRequest.properties).ok());
  EXPECT_EQ(manager.control_group("x-1.scope").value(), "/a.slice/x-1.scope");
  EXPECT_EQ(manager.control_group("x-1.scope").error().code(), ErrorCode::protocol);
}

TEST(SystemdConnect, WithoutSystemdTheHintSaysWhatElse) {
  const auto none = Manager::connect({.user = true}, 100);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code(), ErrorCode::unsupported);
  EXPECT_THAT(none.error().message(), HasSubstr("XDG_RUNTIME_DIR"));
  const auto missing = Manager::connect({.user = true, .runtime_dir = "/nonexistent"}, 100);
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().message(), HasSubstr("/nonexistent/systemd/private"));
  EXPECT_THAT(missing.error().message(), HasSubstr("/nonexistent/bus"));
  EXPECT_THAT(missing.error().hint(), HasSubstr("--systemd-cgroup"));
}

}  // namespace
}  // namespace cove::systemd
