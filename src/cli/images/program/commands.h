// The commands on images, and what else `cove` has no room for. Called in cove-images, in the process that
// the user started.
#pragma once

#include "cli/command.h"

namespace cove::cli {

int images_command(const Invocation& invocation);
int image_list_command(const Invocation& invocation);
int image_inspect_command(const Invocation& invocation);
int history_command(const Invocation& invocation);
int image_history_command(const Invocation& invocation);
int tag_command(const Invocation& invocation);
int image_tag_command(const Invocation& invocation);
int rmi_command(const Invocation& invocation);
int image_remove_command(const Invocation& invocation);
int load_command(const Invocation& invocation);
int image_load_command(const Invocation& invocation);
int save_command(const Invocation& invocation);
int image_save_command(const Invocation& invocation);
int import_command(const Invocation& invocation);
int image_import_command(const Invocation& invocation);
int commit_command(const Invocation& invocation);
int image_prune_command(const Invocation& invocation);
int pull_command(const Invocation& invocation);
int image_pull_command(const Invocation& invocation);
int push_command(const Invocation& invocation);
int image_push_command(const Invocation& invocation);
int login_command(const Invocation& invocation);
int logout_command(const Invocation& invocation);
int search_command(const Invocation& invocation);
int image_fsck_command(const Invocation& invocation);
int network_diagram_command(const Invocation& invocation);

}  // namespace cove::cli
