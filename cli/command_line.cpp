#include "cli/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <set>
#include <vector>

#include "base/object_id.h"
#include "cli/settings.h"
#include "cli/text.h"

namespace stead {

namespace {

using Command = CommandLine::Command;

constexpr int wrong_usage = 2;

/// Where CLI11 writes to, until it is known which command was asked for.
struct Options {
  CommandLine line;
  std::string config;
  std::string listen;
  std::string data;
  std::string shards;
  std::string log_level;
  std::vector<std::string> set;
  Projects projects = Projects::no;
  /// Where CLI11 puts what is ignored.
  std::vector<std::string> nowhere;
};

void add_config_options(CLI::App& command, Options& options) {
  command.add_option("--data", options.data, "Folder of the databases and keys [data]")
      ->type_name("DIR");
  command
      .add_option("--config", options.config,
                  "Configuration file [stead.toml in this folder, if it exists]")
      ->type_name("FILE");
  command
      .add_option("--set", options.set,
                  "Set any key of the configuration, e.g. --set http.body_bytes=1MiB; may be "
                  "repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

std::string list_of_settings() {
  std::string text = "Keys of stead.toml and of --set [default]. " +
                     environment_name(settings().front()) +
                     " and the like in the environment\nbeat the file, flags beat both:\n\n";
  for (const auto& setting : settings()) {
    std::string line = "  " + std::string(setting.name);
    line.resize(std::max<std::size_t>(line.size() + 1, 28), ' ');
    text += line + std::string(setting.doc) + " [" + setting.show(Config{}) + "]\n";
  }
  text += "  vars.NAME                 What env().var(\"NAME\") gives to the application.\n";
  return text;
}

void add_project(CLI::App& command, Options& options) {
  auto& project = options.line.project;
  command.add_option("DIR", project.folder,
                     "Folder of the project: of a wrangler.toml, .json or .jsonc, or of a "
                     "stead.toml with [project] [this folder]");
  command
      .add_option("--env,-e", project.environment, "Which env.NAME of the project's file applies")
      ->type_name("NAME");
}

void add_serve(CLI::App& cli, Options& options) {
  const bool projects = options.projects == Projects::yes;
  auto& command = *cli.add_subcommand("serve", std::string("Serve the ") +
                                                   (projects ? "project" : "application") +
                                                   " over HTTP until SIGTERM");
  if (projects) add_project(command, options);
  command
      .add_option("--listen", options.listen,
                  "Address and port; port 0 takes a free one; fd:N is an inherited socket "
                  "[127.0.0.1:8787]")
      ->type_name("ADDR");
  add_config_options(command, options);
  command
      .add_option("--shards", options.shards, "Event loops, a thread each [one for each processor]")
      ->type_name("N");
  command.add_option("--log-level", options.log_level, "debug, info, warning or error [info]")
      ->type_name("L");
  command.footer(
      "SIGTERM or SIGINT stops gracefully: requests in progress are finished, objects written out. "
      "A\nsecond one stops at once; nothing that was acknowledged is lost by that.\n\n"
      "Example: serve --listen 0.0.0.0:80 --data /var/lib/stead --set object.idle_timeout=1m\n\n" +
      list_of_settings());
  command.callback([&options] { options.line.command = Command::serve; });
}

/// Keeps "--local" of "--local,-l" if the option is given.
void note_ignored(CLI::Option& option, const std::string& names, Options& options) {
  auto& ignored = options.line.project.ignored;
  option.group("")->each([&ignored, name = names.substr(0, names.find(','))](const std::string&) {
    ignored.push_back(name);
  });
}

/// What `wrangler dev` takes and means nothing here: with a value, and without.
void ignore_wrangler_options(CLI::App& command, Options& options) {
  for (const auto* names : {"--inspector-port",
                            "--inspector-ip",
                            "--local-protocol",
                            "--upstream-protocol",
                            "--local-upstream",
                            "--host",
                            "--https-key-path",
                            "--https-cert-path",
                            "--name",
                            "--compatibility-date,--compat-date",
                            "--compatibility-flags,--compatibility-flag",
                            "--routes,--route",
                            "--assets",
                            "--site",
                            "--tsconfig",
                            "--define",
                            "--alias",
                            "--jsx-factory",
                            "--jsx-fragment",
                            "--env-file",
                            "--public",
                            "--var"}) {
    auto* option = command.add_option(names, options.nowhere)->allow_extra_args(false);
    note_ignored(*option, names, options);
  }
  for (const auto* names :
       {"--local,-l", "--remote,-r", "--live-reload", "--test-scheduled", "--minify", "--no-bundle",
        "--bundle", "--latest", "--node-compat", "--show-interactive-dev-session",
        "--enable-containers", "--tunnel", "--types"}) {
    note_ignored(*command.add_flag(names), names, options);
  }
}

void add_dev(CLI::App& cli, Options& options) {
  auto& command =
      *cli.add_subcommand("dev", "Serve a project, and load it anew when its files change");
  add_project(command, options);
  auto& project = options.line.project;
  command.add_option("--port", project.port, "Port; 0 takes a free one [8787]")->type_name("N");
  command.add_option("--ip", project.ip, "Address [127.0.0.1 and ::1]")->type_name("A");
  command.add_option("--listen", options.listen, "Both in one, as \"127.0.0.1:8787\"")
      ->type_name("ADDR");
  command
      .add_option("--persist-to", project.persist_to,
                  "Folder that keeps the objects between runs [.wrangler/state of the project]")
      ->type_name("DIR");
  add_config_options(command, options);
  command.add_option("--log-level", options.log_level, "debug, info, warning or error [info]")
      ->type_name("L");
  ignore_wrangler_options(command, options);
  command.footer(
      "Takes connections at once; they wait until the project has been built and loaded. What "
      "else\n"
      "`wrangler dev` knows is accepted and ignored.\n\nExample: dev . --port 8000");
  command.callback([&options] { options.line.command = Command::dev; });
}

void add_manage(CLI::App& cli, Options& options) {
  auto& command = *cli.add_subcommand("manage", "Run a Django command inside of objects");
  add_project(command, options);
  auto& line = options.line;
  auto& project = line.project;
  command.add_option("--object", project.objects, "Name of an object; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command.add_option("--class", line.class_name, "Their class [the only one that is bound]")
      ->type_name("C");
  command.add_flag("--all", project.all,
                   "In all objects of the class, in the order of their names");
  command.add_flag("--create", project.create,
                   "An object that has stored nothing is made; migrate does so anyway");
  command.add_option("--jobs", project.jobs, "With --all: so many at a time [4]")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{256}).description(""));
  command
      .add_option("--canary", project.canary, "With --all: so many first, one after the other [1]")
      ->type_name("N");
  command.add_flag("--resume", project.resume, "Go on with a run of --all that was interrupted");
  command
      .add_option("--persist-to", project.persist_to, "What `dev` was given, to use its objects")
      ->type_name("DIR");
  add_config_options(command, options);
  command.footer(
      "The command's words come last, with or without `--` before them. No server may run on the\n"
      "data. --all stops at the first failure; what fails leaves its object as it was.\n\n"
      "Example: manage shop --object acme createsuperuser\n"
      "         manage shop --all --jobs 8 -- migrate --noinput");
  command.callback([&options] { options.line.command = Command::manage; });
}

CLI::App& add_object_command(CLI::App& group, Options& options, Command which, const char* name,
                             const char* doc) {
  auto& command = *group.add_subcommand(name, doc);
  command.callback([&options, which] { options.line.command = which; });
  return command;
}

void add_address(CLI::App& command, Options& options) {
  command.add_option("CLASS", options.line.class_name, "Name of the class, e.g. Counter")
      ->required();
  command.add_option("NAME", options.line.object, "Name of the object, e.g. alice")->required();
  command.add_flag("--id", options.line.by_id, "NAME is an object's id: 64 hexadecimal digits");
}

CLI::Option* add_at(CLI::App& command, Options& options, const std::string& doc) {
  return command
      .add_option("--at", options.line.at,
                  doc +
                      ": a time, as 2024-05-01T12:30:00Z or with an offset, how long ago, as "
                      "-15m, or a bookmark")
      ->type_name("WHEN");
}

void add_object_reading(CLI::App& group, Options& options) {
  auto& list = add_object_command(group, options, Command::object_list, "list",
                                  "List the objects that have stored something");
  list.add_option("CLASS", options.line.class_name, "Only this class");
  list.add_option("--prefix", options.line.prefix, "Only names that begin with this")
      ->type_name("P");
  list.add_option("--limit", options.line.limit, "At most so many [1000]")
      ->type_name("N")
      ->check(CLI::PositiveNumber.description(""));
  list.add_flag("--json", options.line.json, "One JSON object a line");
  list.footer(
      "Works beside a running server; what happened in the last moments may be missing.\n\n"
      "Example: object list Counter --prefix al");

  auto& show = add_object_command(group, options, Command::object_show, "show",
                                  "Show an object's file: size, tables, rows");
  add_address(show, options);
  show.footer(
      "Fails while a running server has the object in memory.\n\n"
      "Example: object show Counter alice");

  auto& sql = add_object_command(group, options, Command::object_sql, "sql",
                                 "Run SQL on an object's database");
  add_address(sql, options);
  sql.add_option("SQL", options.line.sql, "One or more statements")->required();
  sql.add_flag("--write", options.line.write, "May change the database; needs the server stopped");
  sql.footer(
      "Prints the last statement's rows, separated by tabs, under a line of column names.\n\n"
      "Example: object sql Counter alice 'SELECT * FROM counter'");

  auto& copy = add_object_command(group, options, Command::object_export, "export",
                                  "Copy an object's database into a file of its own");
  add_address(copy, options);
  copy.add_option("FILE", options.line.target, "File to create; it must not exist")->required();
  add_at(copy, options, "Copy it as it was then; needs the server stopped");
  copy.footer(
      "Example: object export Counter alice alice.sqlite\n"
      "         object export Counter alice before.sqlite --at -15m");
}

void add_object_history(CLI::App& group, Options& options) {
  auto& restore = add_object_command(group, options, Command::object_restore, "restore",
                                     "Take an object back to what it was");
  add_address(restore, options);
  add_at(restore, options, "What to go back to")->required();
  restore.footer(
      "Needs the server stopped, and history.keep set since before then. Says how to undo it.\n\n"
      "Example: object restore Counter alice --at 2024-05-01T12:30:00Z");

  auto& fork = add_object_command(group, options, Command::object_fork, "fork",
                                  "Make a new object with all that another has");
  add_address(fork, options);
  fork.add_option("NEW", options.line.new_name, "Name of the new object; nobody may have it")
      ->required();
  add_at(fork, options, "What the other had then");
  fork.footer(
      "Needs the server stopped.\n\n"
      "Example: object fork Counter alice alice-before --at -15m");
}

void add_object(CLI::App& cli, Options& options) {
  auto& group = *cli.add_subcommand(
      "object", "The objects in a data directory: list, show, sql, export, restore, fork, delete");
  group.require_subcommand(0, 1);
  group.fallthrough();
  add_config_options(group, options);
  add_object_reading(group, options);
  add_object_history(group, options);
  auto& remove = add_object_command(group, options, Command::object_delete, "delete",
                                    "Delete an object and all that it stored");
  add_address(remove, options);
  remove.add_flag("--yes", options.line.yes, "Really; there is no way back without history");
  remove.footer(
      "Needs the server stopped.\n\n"
      "Example: object delete Counter alice --yes");
  for (auto* command : group.get_subcommands([](CLI::App*) { return true; })) {
    command->footer("Takes --data, --config and --set too: see `object --help`.\n" +
                    command->get_footer());
  }
  group.footer("Example: object list --data /var/lib/stead");
}

void add_journal(CLI::App& cli, Options& options) {
  auto& group =
      *cli.add_subcommand("journal", "Look at the journal in a data directory: verify, dump");
  group.require_subcommand(0, 1);
  group.fallthrough();
  add_config_options(group, options);
  auto& verify = add_object_command(group, options, Command::journal_verify, "verify",
                                    "Check every byte of the journal, and its history");
  verify.footer(
      "Takes --data, --config and --set too: see `journal --help`.\n"
      "Changes nothing, and works beside a running server. Names each damage, the batches and the\n"
      "objects that it affects. Exit status: 0 sound, 1 damaged, 2 wrong usage.\n\n"
      "Example: journal verify --data /var/lib/stead");
  auto& dump = add_object_command(group, options, Command::journal_dump, "dump",
                                  "Print the journal's records, a line each");
  dump.add_option("--object", options.line.object, "Only the object with this id")
      ->type_name("ID")
      ->check(CLI::Validator(
          [](const std::string& id) {
            return ObjectId::parse(id) ? std::string()
                                       : "not an id: expected 64 hexadecimal digits";
          },
          ""));
  dump.add_flag("--pages", options.line.pages, "Each page of a record too");
  dump.add_flag("--json", options.line.json, "One JSON object a line");
  dump.footer(
      "Takes --data, --config and --set too: see `journal --help`.\n"
      "Changes nothing, and works beside a running server. The history comes first, if there is\n"
      "one. What is damaged is told on stderr and left out.\n\n"
      "Example: journal dump --data /var/lib/stead --json");
  group.footer("Example: journal verify --data /var/lib/stead");
}

void keep_flag(CommandLine& line, const CLI::App& command, const char* flag, const char* setting,
               const std::string& value) {
  if (command.count(flag) > 0) line.config.flags.push_back({flag, setting, value});
}

/// wrangler has more levels, and other words for ours.
std::string level_of_wrangler(const std::string& level) {
  if (level == "log") return "info";
  if (level == "warn") return "warning";
  return level == "none" ? "error" : level;
}

/// Which of the configuration's flags were given, `--set` first, so that a flag of its own wins.
bool keep_config(const CLI::App& command, Options& options) {
  auto& line = options.line;
  if (command.count("--config") > 0) line.config.file = options.config;
  for (const auto& assignment : options.set) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos) {
      print_error("--set " + assignment + ": expected KEY=VALUE");
      return false;
    }
    line.config.flags.push_back(
        {"--set", assignment.substr(0, equals), assignment.substr(equals + 1)});
  }
  keep_flag(line, command, "--data", "data", options.data);
  const bool serves = line.command == Command::serve;
  if (!serves && line.command != Command::dev) return true;
  keep_flag(line, command, "--listen", "listen", options.listen);
  if (serves) keep_flag(line, command, "--shards", "shards", options.shards);
  keep_flag(line, command, "--log-level", "log_level", level_of_wrangler(options.log_level));
  return true;
}

/// Rather than a Django command.
bool is_folder_or_file(const std::string& word) {
  std::error_code ignored;
  return word.find('/') != std::string::npos || std::filesystem::exists(word, ignored);
}

/// The words of `manage` up to the Django command; that one's go to `command`.
std::vector<std::string> split_manage(const std::vector<std::string>& words,
                                      std::vector<std::string>& command) {
  static const std::set<std::string> with_value{
      "--object",     "--class", "--data",   "--config", "--set",
      "--persist-to", "--jobs",  "--canary", "--env",    "-e"};
  auto next = words.begin() + 1;
  for (bool folder = false; next != words.end(); ++next) {
    if (*next == "--") {
      command.assign(next + 1, words.end());
      break;
    }
    if (with_value.contains(*next)) {
      if (++next == words.end()) break;
    } else if (!next->starts_with("-")) {
      if (folder || !is_folder_or_file(*next)) {
        command.assign(next, words.end());
        break;
      }
      folder = true;
    }
  }
  return {words.begin(), next};
}

/// Options that come and go.
bool is_experiment(const std::string& word) {
  return word.starts_with("--x-") || word.starts_with("--experimental-");
}

/// The words that CLI11 is to read.
std::vector<std::string> own_words(int argc, const char* const* argv, Options& options) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (options.projects == Projects::no || words.empty()) return words;
  if (words[0] == "manage") return split_manage(words, options.line.project.command);
  if (words[0] == "dev") {
    auto& ignored = options.line.project.ignored;
    std::ranges::copy_if(words, std::back_inserter(ignored), is_experiment);
    std::erase_if(words, is_experiment);
  }
  return words;
}

}  // namespace

std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv,
                                                  Projects projects) {
  Options options;
  options.projects = projects;
  CLI::App cli(
      "Durable objects over HTTP: each name is one object with a private SQLite database.");
  cli.name(argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "stead");
  cli.require_subcommand(0, 1);
  cli.get_formatter()->column_width(28);
  add_serve(cli, options);
  if (projects == Projects::yes) {
    add_dev(cli, options);
    add_manage(cli, options);
  }
  add_object(cli, options);
  add_journal(cli, options);
  const auto version = [&options] { options.line.command = Command::version; };
  cli.add_subcommand("version", "Print the version")->callback(version);
  cli.set_version_flag("--version", "stead " STEAD_VERSION);
  cli.footer("Example: " + cli.get_name() + " serve --listen 127.0.0.1:8787 --data data\n" +
             "Exit status: 0 success, 1 failure, 2 wrong usage. `COMMAND --help` tells more.");
  try {
    auto words = own_words(argc, argv, options);
    std::ranges::reverse(words);  // as CLI11 wants them
    cli.parse(std::move(words));
  } catch (const CLI::Success& help) {
    return cli.exit(help);
  } catch (const CLI::ParseError& error) {
    print_error(std::string(error.what()) + " (try --help)");
    return wrong_usage;
  }
  const auto* command = cli.get_subcommands().empty() ? nullptr : cli.get_subcommands().front();
  const auto is_group = [](const CLI::App& each) {
    return each.get_name() == "object" || each.get_name() == "journal";
  };
  if (command == nullptr || (is_group(*command) && command->get_subcommands().empty())) {
    std::cerr << (command == nullptr ? &cli : command)->help();
    return wrong_usage;
  }
  if (command->get_name() != "version" && !keep_config(*command, options)) return wrong_usage;
  return std::move(options.line);
}

}  // namespace stead
