// The command line: arguments to one command.
#pragma once

namespace gateway::app {

/// Runs the command the arguments name and returns the exit code of the process.
[[nodiscard]] int run_command_line(int argc, const char* const* argv);

}  // namespace gateway::app
