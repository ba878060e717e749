#include "spec/fields.h"

namespace cove::spec {

void describe(FieldVisitor& v, ConsoleSize& size) {
  v.required("height", size.height);
  v.required("width", size.width);
}

void describe(FieldVisitor& v, User& user) {
  v.always("uid", user.uid);
  v.always("gid", user.gid);
  v.field("umask", user.umask);
  v.field("additionalGids", user.additional_gids);
  v.field("username", user.username);
}

void describe(FieldVisitor& v, Capabilities& capabilities) {
  v.field("bounding", capabilities.bounding);
  v.field("effective", capabilities.effective);
  v.field("inheritable", capabilities.inheritable);
  v.field("permitted", capabilities.permitted);
  v.field("ambient", capabilities.ambient);
}

void describe(FieldVisitor& v, Rlimit& rlimit) {
  v.required("type", rlimit.type);
  v.required("hard", rlimit.hard);
  v.required("soft", rlimit.soft);
}

void describe(FieldVisitor& v, Scheduler& scheduler) {
  v.required("policy", scheduler.policy);
  v.field("nice", scheduler.nice);
  v.field("priority", scheduler.priority);
  v.field("flags", scheduler.flags);
  v.field("runtime", scheduler.runtime);
  v.field("deadline", scheduler.deadline);
  v.field("period", scheduler.period);
}

void describe(FieldVisitor& v, IoPriority& priority) {
  v.required("class", priority.priority_class);
  v.field("priority", priority.priority);
}

void describe(FieldVisitor& v, ExecCpuAffinity& affinity) {
  v.field("initial", affinity.initial);
  v.field("final", affinity.final_list);
}

void describe(FieldVisitor& v, Process& process) {
  v.field("terminal", process.terminal);
  v.field("consoleSize", process.console_size);
  v.field("user", process.user);
  v.field("args", process.args);
  v.field("commandLine", process.command_line);
  v.field("env", process.env);
  v.required("cwd", process.cwd);
  v.field("capabilities", process.capabilities);
  v.field("rlimits", process.rlimits);
  v.field("noNewPrivileges", process.no_new_privileges);
  v.field("apparmorProfile", process.apparmor_profile);
  v.field("oomScoreAdj", process.oom_score_adj);
  v.field("scheduler", process.scheduler);
  v.field("selinuxLabel", process.selinux_label);
  v.field("ioPriority", process.io_priority);
  v.field("execCPUAffinity", process.exec_cpu_affinity);
}

}  // namespace cove::spec
