// The commands on images, for the table of all commands (commands.cc), which alone includes this. Constant
// data; they are carried out by cove-images.
#pragma once

#include <array>

#include "cli/command.h"
#include "cli/images/hand_over.h"
#include "cli/images/registry_requests.h"
#include "cli/images/requests.h"

namespace cove::cli {

inline constexpr std::array kTopPullGroups{&kPullOptions, &kPullRegistryOptions};
inline constexpr std::array kTopPushGroups{&kPushOptions, &kPushRegistryOptions};
inline constexpr std::array kTopLoginGroups{&kLoginOptions, &kLoginRegistryOptions};
inline constexpr std::array kTopLogoutGroups{&kLogoutRegistryOptions};
inline constexpr std::array kTopSearchGroups{&kSearchOptions, &kSearchRegistryOptions};
inline constexpr std::array kTopImagesGroups{&kImagesOptions};
inline constexpr std::array kTopRmiGroups{&kRmiOptions};
inline constexpr std::array kTopHistoryGroups{&kHistoryOptions};
inline constexpr std::array kTopSaveGroups{&kSaveOptions};
inline constexpr std::array kTopLoadGroups{&kLoadOptions};
inline constexpr std::array kTopImportGroups{&kImportOptions};
inline constexpr std::array kTopCommitGroups{&kCommitOptions};

inline constexpr std::array kImageTable{
    Command{.name = "pull",
            .operands_text = "NAME[:TAG|@DIGEST]",
            .summary = "Get an image from a registry",
            .description =
                "What a name without a registry stands for is said by registries.conf, and by nothing else. "
                "A pull that was cut off, or killed, is gone on with by the next one.",
            .groups = kTopPullGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "push",
            .operands_text = "NAME[:TAG]",
            .summary = "Send an image to a registry",
            .description =
                "The name says where to: `cove tag IMAGE HOST/NAME:TAG` gives it one. What the registry has "
                "already is not sent again.",
            .groups = kTopPushGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "login",
            .operands_text = "[REGISTRY]",
            .summary = "Log in to a registry",
            .description =
                "Without a registry: docker.io. Logins are kept where docker keeps them, or by its helpers.",
            .groups = kTopLoginGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "logout",
            .operands_text = "[REGISTRY]",
            .summary = "Forget a login",
            .groups = kTopLogoutGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{
        .name = "search",
        .operands_text = "[REGISTRY/]TERM",
        .summary = "Look for images in registries",
        .description =
            "In the registry that is named, else in those that registries.conf names for short names. Where "
            "a registry offers no search its catalogue is looked through. Fields for --format: .Name, "
            ".Description, .StarCount, .IsOfficial, .IsAutomated and, with --list-tags, .Tag.",
        .groups = kTopSearchGroups,
        .operands = Operands::several,
        .run = &run_by_images},
    Command{.name = "images",
            .operands_text = "[REPOSITORY[:TAG]]",
            .summary = "List images",
            .description =
                "Fields for --format: .ID, .Repository, .Tag, .Digest, .CreatedSince, .CreatedAt and .Size. "
                "The size is that of the unpacked files, which images share where they share layers.",
            .groups = kTopImagesGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "rmi",
            .operands_text = "IMAGE...",
            .summary = "Remove images",
            .description =
                "A name is taken away; with the last one the image goes, and the layers that no other "
                "image has. An image that a container uses stays.",
            .groups = kTopRmiGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "tag",
            .operands_text = "IMAGE NAME",
            .summary = "Give an image another name",
            .description = "A name without a registry is one of this machine: localhost/NAME.",
            .operands = Operands::several,
            .run = &run_by_images},
    Command{
        .name = "history",
        .operands_text = "IMAGE",
        .summary = "Show how an image was made",
        .description = "Fields for --format: .ID, .CreatedSince, .CreatedAt, .CreatedBy, .Size and .Comment.",
        .groups = kTopHistoryGroups,
        .operands = Operands::several,
        .run = &run_by_images},
    Command{.name = "save",
            .operands_text = "IMAGE...",
            .summary = "Write images to an archive or a directory",
            .description =
                "Docker, podman and skopeo read the archive, whose blobs are those that the registry had.",
            .groups = kTopSaveGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "load",
            .summary = "Take in images from an archive or a directory",
            .description =
                "What `cove save`, `docker save`, `podman save` or skopeo have written, compressed or not.",
            .groups = kTopLoadGroups,
            .run = &run_by_images},
    Command{.name = "import",
            .operands_text = "FILE|DIRECTORY|- [NAME]",
            .summary = "Make an image of a root file system",
            .description =
                "Of a tar archive, compressed or not, or of a directory, as debootstrap makes it; - is an "
                "archive on standard input. Prints the image's id.",
            .groups = kTopImportGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "commit",
            .operands_text = "CONTAINER [NAME]",
            .summary = "Make an image of what a container has changed",
            .description = "On top of the image that the container was made from. Prints the new image's id.",
            .groups = kTopCommitGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "image", .summary = "Manage images", .subcommands = &kImageCommands},
};

}  // namespace cove::cli
