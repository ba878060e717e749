#include "sandbox/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace cove::sandbox {
namespace {

using namespace cove::supervise;  // NOLINT(google-build-using-namespace): outcomes are made here

using testing::HasSubstr;

constexpr int exited_with(int code) {
  return code << 8;
}  // as wait4(2) gives it

class Report : public testing::Test {
 protected:
  static Outcome ran(const Ending& ending) {
    Outcome outcome;
    judge(ending, outcome);
    outcome.used.cpu_meter = outcome.used.memory_meter = outcome.used.io_meter = Meter::cgroup;
    outcome.used.wall_ns = 1'234'567'890;
    outcome.used.user_ns = 1'000'000'999;
    outcome.used.system_ns = 20'000'000;
    outcome.used.memory_peak_bytes = 8'388'608;
    outcome.used.pids_peak = 3;
    outcome.used.io_read_bytes = 4096;
    outcome.used.io_write_bytes = 0;
    outcome.used.oom_kills = ending.oom_kills.value_or(0);
    return outcome;
  }

  ReportSubject subject = [] {
    ReportSubject made;
    made.id = "k3v9x2";
    made.command = {"sh", "-c", "true"};
    return made;
  }();
};

TEST_F(Report, WholeTextOfAnExit) {
  subject.name = "judge";
  subject.labels = {{"team", "a"}, {"case", "7"}, {"team", "b"}};
  subject.limits = {
      {"memory_bytes", uint64_t{67'108'864}, "cgroup-v1"},
      {"cpus", 0.5, "cgroup-v1"},
      {"ulimit_nofile", LimitInForce::ByName{{"soft", 1024}, {"hard", std::nullopt}}, "rlimit"}};
  subject.waived = {"pids-limit: the pids controller is on no mounted cgroup hierarchy"};
  subject.timings = {{"clone", false, 120'000}, {"pivot root", true, 15'500}};
  Outcome outcome = ran({.wait_status = exited_with(3)});
  outcome.output = OutputUse{12, 1000, false};
  EXPECT_EQ(print_report(subject, outcome), R"({
  "schema": "cove.report/1",
  "cove_version": ")" COVE_VERSION R"(",
  "id": "k3v9x2",
  "name": "judge",
  "labels": {
    "case": "7",
    "team": "b"
  },
  "command": [
    "sh",
    "-c",
    "true"
  ],
  "reason": "exited",
  "exit_status": 3,
  "exit_code": 3,
  "signal": null,
  "signal_name": null,
  "failure": null,
  "wall_us": 1234567,
  "user_us": 1000000,
  "system_us": 20000,
  "memory_peak_bytes": 8388608,
  "pids_peak": 3,
  "io": {
    "read_bytes": 4096,
    "write_bytes": 0
  },
  "measured_by": {
    "cpu": "cgroup",
    "memory": "cgroup",
    "io": "cgroup"
  },
  "output": {
    "bytes": 12,
    "limit_bytes": 1000,
    "truncated": false
  },
  "oom": {
    "kills": 0,
    "limit_bytes": 67108864,
    "peak_bytes": 8388608
  },
  "limits": {
    "memory_bytes": {
      "value": 67108864,
      "enforced_by": "cgroup-v1"
    },
    "cpus": {
      "value": 0.5,
      "enforced_by": "cgroup-v1"
    },
    "ulimit_nofile": {
      "value": {
        "soft": 1024,
        "hard": null
      },
      "enforced_by": "rlimit"
    }
  },
  "waived": [
    "pids-limit: the pids controller is on no mounted cgroup hierarchy"
  ],
  "timings": [
    {
      "step": "clone",
      "process": "parent",
      "duration_ns": 120000
    },
    {
      "step": "pivot root",
      "process": "child",
      "duration_ns": 15500
    }
  ]
}
)");
}

TEST_F(Report, WholeTextOfAFailedSetUp) {
  Error error(ErrorCode::bind_source_missing, "/data: No such file or directory");
  error.add_context("mount filesystems");
  EXPECT_EQ(print_report(subject, setup_failure(error, "mount filesystems")), R"({
  "schema": "cove.report/1",
  "cove_version": ")" COVE_VERSION R"(",
  "id": "k3v9x2",
  "name": null,
  "labels": {},
  "command": [
    "sh",
    "-c",
    "true"
  ],
  "reason": "setup-failed",
  "exit_status": 125,
  "exit_code": null,
  "signal": null,
  "signal_name": null,
  "failure": {
    "error_id": "E-BIND-SOURCE",
    "message": "mount filesystems: /data: No such file or directory",
    "hint": "create it first: cove never creates a host path",
    "step": "mount filesystems"
  },
  "wall_us": null,
  "user_us": null,
  "system_us": null,
  "memory_peak_bytes": null,
  "pids_peak": null,
  "io": null,
  "measured_by": {
    "cpu": null,
    "memory": null,
    "io": null
  },
  "output": null,
  "oom": {
    "kills": null,
    "limit_bytes": null,
    "peak_bytes": null
  },
  "limits": {},
  "waived": [],
  "timings": null
}
)");
}

struct EndText {
  Ending ending;
  const char* text;  // from "reason" to "failure"
};

TEST_F(Report, EveryOtherReason) {
  const EndText cases[] = {
      {{.wait_status = SIGSEGV},
       R"(  "reason": "signaled",
  "exit_status": 139,
  "exit_code": null,
  "signal": 11,
  "signal_name": "SIGSEGV",
)"},
      {{.cause = EndCause::forwarded_signal, .signal = SIGINT, .wait_status = SIGKILL},
       R"(  "reason": "signaled",
  "exit_status": 130,
  "exit_code": null,
  "signal": 2,
  "signal_name": "SIGINT",
)"},
      {{.wait_status = SIGKILL, .oom_kills = 2},
       R"(  "reason": "oom",
  "exit_status": 137,
  "exit_code": null,
  "signal": 9,
  "signal_name": "SIGKILL",
)"},
      {{.cause = EndCause::timeout, .wait_status = SIGKILL},
       R"(  "reason": "timeout",
  "exit_status": 137,
  "exit_code": null,
  "signal": 9,
  "signal_name": "SIGKILL",
)"},
      {{.cause = EndCause::cpu_time, .wait_status = SIGKILL, .cpu_exceeded = true},
       R"(  "reason": "cpu-time",
  "exit_status": 137,
  "exit_code": null,
  "signal": 9,
  "signal_name": "SIGKILL",
)"},
      {{.cause = EndCause::output_limit, .wait_status = SIGKILL, .output_exceeded = true},
       R"(  "reason": "output-limit",
  "exit_status": 137,
  "exit_code": null,
  "signal": 9,
  "signal_name": "SIGKILL",
)"},
  };
  for (const EndText& each : cases)
    EXPECT_THAT(print_report(subject, ran(each.ending)), HasSubstr(each.text));
  EXPECT_THAT(print_report(subject, ran({.wait_status = SIGKILL, .oom_kills = 2})), HasSubstr(R"(  "oom": {
    "kills": 2,
    "limit_bytes": null,
    "peak_bytes": 8388608
  },
)"));
}

TEST_F(Report, CommandOfAnyBytesIsValidJson) {
  subject.command = {"a\"b\\\n", "\xff"};
  EXPECT_THAT(print_report(subject, ran({})), HasSubstr("\"a\\\"b\\\\\\n\",\n    \"\\ufffd\"\n"));
}

TEST(SignalName, OfRealTimeSignalsToo) {
  EXPECT_EQ(signal_name(SIGKILL), "SIGKILL");
  EXPECT_EQ(signal_name(SIGRTMIN), "SIGRTMIN");
  EXPECT_EQ(signal_name(SIGRTMIN + 3), "SIGRTMIN+3");
}

}  // namespace
}  // namespace cove::sandbox
