// cove image …: the same commands as `cove images`, `cove rmi` and so on, and some that are here only.
#include <array>

#include "cli/images/hand_over.h"
#include "cli/images/registry_requests.h"
#include "cli/images/requests.h"

namespace cove::cli {
namespace {

constexpr std::array kListGroups{&kImagesOptions};
constexpr std::array kRemoveGroups{&kRmiOptions};
constexpr std::array kHistoryGroups{&kHistoryOptions};
constexpr std::array kSaveGroups{&kSaveOptions};
constexpr std::array kLoadGroups{&kLoadOptions};
constexpr std::array kImportGroups{&kImportOptions};
constexpr std::array kInspectGroups{&kImageInspectOptions};
constexpr std::array kPruneGroups{&kImagePruneOptions};
constexpr std::array kFsckGroups{&kFsckOptions};
constexpr std::array kPullGroups{&kPullOptions, &kPullRegistryOptions};
constexpr std::array kPushGroups{&kPushOptions, &kPushRegistryOptions};

constexpr std::array kCommands{
    Command{.name = "image ls",
            .operands_text = "[REPOSITORY[:TAG]]",
            .summary = "List images",
            .groups = kListGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "image inspect",
            .operands_text = "IMAGE...",
            .summary = "Show all that is known of images, as JSON",
            .groups = kInspectGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "image history",
            .operands_text = "IMAGE",
            .summary = "Show how an image was made",
            .groups = kHistoryGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "image tag",
            .operands_text = "IMAGE NAME",
            .summary = "Give an image another name",
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "image rm",
            .operands_text = "IMAGE...",
            .summary = "Remove images",
            .groups = kRemoveGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "image load",
            .summary = "Take in images from an archive or a directory",
            .groups = kLoadGroups,
            .run = &run_by_images},
    Command{.name = "image save",
            .operands_text = "IMAGE...",
            .summary = "Write images to an archive or a directory",
            .groups = kSaveGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "image import",
            .operands_text = "FILE|DIRECTORY|- [NAME]",
            .summary = "Make an image of a root file system",
            .groups = kImportGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "image pull",
            .operands_text = "NAME[:TAG|@DIGEST]",
            .summary = "Get an image from a registry",
            .groups = kPullGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "image push",
            .operands_text = "NAME[:TAG]",
            .summary = "Send an image to a registry",
            .groups = kPushGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "image prune",
            .summary = "Remove images without a name that no container uses",
            .groups = kPruneGroups,
            .run = &run_by_images},
    Command{.name = "image fsck",
            .summary = "Check that all images are whole",
            .description =
                "Reads every blob and looks at every layer. The exit status is 1 if something is wrong.",
            .groups = kFsckGroups,
            .run = &run_by_images},
};

}  // namespace

constinit const CommandGroup kImageCommands{kCommands};

}  // namespace cove::cli
