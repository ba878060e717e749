#include "engine/foreign_files.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "engine/report_pipe.h"
#include "kernel/idmap/plan.h"
#include "kernel/idmap/userns.h"
#include "kernel/idmap/write.h"
#include "launch/caller.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/process.h"

namespace cove::engine {
namespace {

// As a container gets them: all that are granted, else the caller's own alone.
Result<idmap::IdMapPlan> all_ids() {
  const idmap::Caller caller = COVE_TRY(launch::read_caller());
  const bool helpers = caller.has_newuidmap && caller.has_newgidmap;
  if (caller.sub_uids.own.empty() || caller.sub_gids.own.empty() || !helpers)
    return idmap::plan_self(caller.uid, caller.gid);
  return idmap::plan_range(caller, 2);
}

Status become_root(int gate) {
  COVE_TRY(sys::set_parent_death_signal(SIGKILL));
  // Until the maps are written.
  const std::string opened = COVE_TRY(sys::read_all(gate, "gate", 1));
  if (opened.empty()) return Error(ErrorCode::protocol, "the parent is gone");
  COVE_TRY(sys::set_group_ids(0));
  COVE_TRY(sys::set_user_ids(0));
  return sys::set_parent_death_signal(SIGKILL);
}

[[noreturn]] void run_child(int gate, const ReportPipe& report, const std::function<Status()>& work) {
  Status done = become_root(gate);
  if (done) done = work();
  ReportPipe::send(report.sender(), done);
  sys::exit_now(0);
}

}  // namespace

Status with_all_ids(const std::function<Status()>& work) {
  if (sys::effective_uid() == 0) return work();
  const idmap::IdMapPlan plan = COVE_TRY(all_ids());
  ReportPipe report = COVE_TRY(ReportPipe::create());
  sys::PipePair gate = COVE_TRY(sys::make_pipe());
  Result<sys::CloneResult> child = sys::clone_process({.flags = CLONE_NEWUSER});
  if (!child) return idmap::explain_userns_failure(child.error(), idmap::read_userns_settings(), false);
  if (child->pid == 0) {
    gate.write_end.reset();
    run_child(gate.read_end.get(), report, work);
  }
  gate.read_end.reset();
  report.close_sender();
  Status mapped = idmap::write_maps(child->pid, plan);
  if (mapped) mapped = sys::write_all(gate.write_end.get(), "g", "gate");
  gate.write_end.reset();
  Status done = report.receive();
  COVE_TRY(sys::wait_process(child->pid));
  COVE_TRY(std::move(mapped));
  return done;
}

Status remove_foreign_tree(int dir_fd, const char* path) {
  Status removed = sys::remove_tree_at(dir_fd, path);
  if (removed || (removed.error().sys_errno() != EACCES && removed.error().sys_errno() != EPERM))
    return removed;
  if (sys::effective_uid() == 0) return removed;
  return with_all_ids([&] { return sys::remove_tree_at(dir_fd, path); });
}

}  // namespace cove::engine
