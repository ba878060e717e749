// What a caller can ask of the OCI runtime, after parsing: the operations of runc(8), with its names.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/trace.h"
#include "launch/plan.h"

namespace cove::runtime {

// For every operation.
struct Settings {
  std::string root;             // where the containers' records are, absolute
  bool systemd_cgroup = false;  // cgroups by way of systemd: cgroupsPath is "SLICE:PREFIX:NAME"
  std::string runtime_dir;      // XDG_RUNTIME_DIR and DBUS_SESSION_BUS_ADDRESS of the caller: where a user's
  std::string session_bus;      // systemd is found; may be empty
  std::string criu = "criu";    // the program for checkpoint and restore
  launch::FaultPlan fault;      // in builds with fault injection
  Trace trace;                  // gets a line for everything that is done
  // Gets each plan before it is carried out; may be empty.
  std::function<void(const launch::LaunchPlan&)> show_plan;
};

// Which streams and descriptors a process gets.
struct StreamOptions {
  std::string console_socket;  // host path of a listening stream socket that takes the terminal's master
  bool detach = false;         // do not wait for the process
  unsigned preserve_fds = 0;   // further descriptors, from 3 on, that it inherits
  std::string pid_file;        // host path; empty: none
};

struct CreateOptions {
  std::string id;
  std::string bundle = ".";
  StreamOptions streams;
  bool no_pivot = false;
  bool no_new_keyring = false;
  unsigned listen_fds = 0;    // LISTEN_FDS of the caller (sd_listen_fds(3)): passed on, before preserve_fds
  std::string notify_socket;  // NOTIFY_SOCKET of the caller (sd_notify(3)): readiness is passed on to it
  bool keep = false;          // run: do not delete the container when its process has ended
};

struct ExecOptions {
  std::string id;
  StreamOptions streams;
  std::string process_file;  // JSON of a process; empty: the container's own, changed by what follows
  std::vector<std::string> args;
  std::vector<std::string> env;
  std::string cwd;
  std::string user;  // UID[:GID]
  std::vector<uint32_t> additional_gids;
  std::vector<std::string> capabilities;  // added to all sets
  std::optional<bool> tty;
  bool no_new_privs = false;
  std::string apparmor;
  std::string process_label;
  bool ignore_paused = false;
  std::vector<std::string> cgroups;  // [CONTROLLER[,CONTROLLER...]:]PATH below the container's own
};

}  // namespace cove::runtime
