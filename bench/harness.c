// harness: times short commands, side by side. Each round starts every tool once, so that a disturbance of
// the machine hits all of them; a start is vfork + execve + wait4, so that the harness's own size costs
// nothing.
//
//   harness [--rounds N] [--warmup N] [--base NAME] [--json FILE] TOOLS
//   harness --parallel K [--after COMMAND] [--rounds N] [--json FILE] TOOLS
//
// TOOLS holds lines `NAME=COMMAND ARG…`; words are split at blanks, `%w` in a word becomes the number of the
// starter. A command that fails or prints anything ends the run: what is measured must work. With --parallel,
// each tool in turn is started N times by each of K starters at once; --after is run before the clock stops
// (it waits for work that the kernel put off).
//
// Times are CLOCK_MONOTONIC; CPU time is that of the command and of the children it waited for, not of kernel
// threads. Peak RSS is ru_maxrss, in which the kernel counts what the process had before its execve: here the
// harness itself. It is static and stays below 1 MiB; a command of nothing but _exit shows the offset
// (bench/run lists it as `nothing`).
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kMaxTools = 32, kMaxArgs = 256, kLine = 8192 };

struct Sample {
  float wall_ms, cpu_ms;
};

struct Tool {
  char* name;
  char* argv[kMaxArgs];
  struct Sample* samples;
  long peak_rss_kib;
  double per_second;
};

struct Options {
  int rounds, warmup, parallel;
  const char *base, *json, *tools, *after;
};

static _Noreturn void die(const char* what, const char* object) {
  fprintf(stderr, "harness: %s: %s%s%s\n", what, object, errno ? ": " : "", errno ? strerror(errno) : "");
  exit(1);
}

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double milliseconds(struct timeval t) {
  return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

// The child shares our memory until execve: it only makes system calls.
static void start_tool(const struct Tool* tool, int null, int output) {
  dup2(null, 0);
  dup2(output, 1);
  dup2(output, 2);
  execv(tool->argv[0], tool->argv);
  _exit(127);
}

static void report_failure(const struct Tool* tool, int status, int output) {
  char text[4096];
  ssize_t size = pread(output, text, sizeof text - 1, 0);
  text[size > 0 ? size : 0] = 0;
  errno = 0;
  fprintf(stderr, "%s", text);
  if (WIFSIGNALED(status))
    fprintf(stderr, "harness: killed by signal %d\n", WTERMSIG(status));
  else
    fprintf(stderr, "harness: exit status %d\n", WEXITSTATUS(status));
  die("must exit with 0 and print nothing", tool->name);
}

static struct Sample run_once(struct Tool* tool, int null, int output) {
  struct rusage usage;
  struct stat printed;
  int status;
  double begin = now_ms();
  pid_t child = vfork();
  if (child == 0) start_tool(tool, null, output);
  if (child < 0) die("vfork", tool->name);
  if (wait4(child, &status, 0, &usage) != child) die("wait4", tool->name);
  double wall = now_ms() - begin;
  if (status != 0 || fstat(output, &printed) || printed.st_size > 0) report_failure(tool, status, output);
  if (usage.ru_maxrss > tool->peak_rss_kib) tool->peak_rss_kib = usage.ru_maxrss;
  return (struct Sample){(float)wall, (float)(milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime))};
}

static char* find_program(const char* word) {
  static const char* const dirs[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                     "/usr/bin",        "/sbin",          "/bin"};
  char path[kLine];
  if (strchr(word, '/')) return strdup(word);
  for (unsigned i = 0; i < sizeof dirs / sizeof *dirs; i++) {
    snprintf(path, sizeof path, "%s/%s", dirs[i], word);
    if (access(path, X_OK) == 0) return strdup(path);
  }
  die("no such program", word);
}

static void split_command(char* text, char** argv) {
  int count = 0;
  for (char* word = strtok(text, " \t\n"); word; word = strtok(NULL, " \t\n")) {
    if (count == kMaxArgs - 1) die("too many words", word);
    argv[count] = count == 0 ? find_program(word) : strdup(word);
    count++;
  }
  if (count == 0) die("empty command", text);
}

static int read_tools(const struct Options* o, struct Tool* tools) {
  FILE* file = fopen(o->tools, "re");
  char line[kLine];
  int count = 0;
  if (!file) die("open", o->tools);
  while (fgets(line, sizeof line, file)) {
    char* command = strchr(line, '=');
    if (line[0] == '#' || line[0] == '\n') continue;
    if (!command || count == kMaxTools) die("bad line or too many", line);
    *command++ = 0;
    struct Tool* t = &tools[count++];
    t->name = strdup(line);
    split_command(command, t->argv);
    t->samples = calloc((size_t)o->rounds, sizeof *t->samples);
  }
  fclose(file);
  return count;
}

// `%w` becomes the starter's number.
static void number_words(struct Tool* tool, int number) {
  for (char** word = tool->argv; *word; word++) {
    char *mark = strstr(*word, "%w"), *replaced;
    if (!mark) continue;
    if (asprintf(&replaced, "%.*s%d%s", (int)(mark - *word), *word, number, mark + 2) < 0)
      die("memory", *word);
    *word = replaced;
  }
}

static _Noreturn void run_starter(struct Tool* tool, int number, int rounds, int null) {
  number_words(tool, number);
  int output = memfd_create("output", MFD_CLOEXEC);
  for (int i = 0; i < rounds; i++) run_once(tool, null, output);
  _exit(0);
}

static void run_parallel(struct Tool* tool, const struct Options* o, struct Tool* after, int null,
                         int output) {
  double begin = now_ms();
  for (int k = 0; k < o->parallel; k++) {
    pid_t pid = fork();
    if (pid < 0) die("fork", tool->name);
    if (pid == 0) run_starter(tool, k, o->rounds, null);
  }
  int failed = 0;
  for (int k = 0, status; k < o->parallel; k++)
    if (wait(&status) < 0 || status != 0) failed = 1;
  if (failed) errno = 0, die("a starter failed", tool->name);
  if (after) run_once(after, null, output);
  tool->per_second = o->parallel * o->rounds / (now_ms() - begin) * 1e3;
}

static void run_rounds(struct Tool* tools, int count, const struct Options* o, int null, int output) {
  for (int t = 0; t < count; t++) number_words(&tools[t], 0);
  for (int i = 0; i < o->warmup; i++)
    for (int t = 0; t < count; t++) run_once(&tools[t], null, output);
  for (int i = 0; i < o->rounds; i++)
    for (int t = 0; t < count; t++) tools[t].samples[i] = run_once(&tools[t], null, output);
}

static int by_size(const void* a, const void* b) {
  float x = *(const float*)a, y = *(const float*)b;
  return (x > y) - (x < y);
}

struct Summary {
  double min, p50, p99;
};

static struct Summary summarize(const struct Tool* t, int rounds, size_t field) {
  float* sorted = malloc((size_t)rounds * sizeof *sorted);
  for (int i = 0; i < rounds; i++) memcpy(&sorted[i], (const char*)&t->samples[i] + field, sizeof *sorted);
  qsort(sorted, (size_t)rounds, sizeof *sorted, by_size);
  struct Summary s = {sorted[0], sorted[rounds / 2], sorted[(int)((rounds - 1) * 0.99)]};
  free(sorted);
  return s;
}

static void print_json_string(FILE* out, const char* s) {
  for (; *s; s++) fprintf(out, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
}

static void write_json(const struct Options* o, const struct Tool* tools, int count) {
  FILE* out = fopen(o->json, "we");
  if (!out) die("create", o->json);
  fprintf(out, "{\"rounds\": %d, \"parallel\": %d, \"base\": \"%s\", \"tools\": [", o->rounds, o->parallel,
          o->base);
  for (int i = 0; i < count; i++) {
    fprintf(out, "%s\n  {\"name\": \"%s\", \"command\": \"", i ? "," : "", tools[i].name);
    for (char* const* word = tools[i].argv; *word; word++) {
      if (word != tools[i].argv) fputc(' ', out);
      print_json_string(out, *word);
    }
    fputs("\", ", out);
    if (o->parallel) {
      fprintf(out, "\"per_second\": %.1f}", tools[i].per_second);
      continue;
    }
    struct Summary w = summarize(&tools[i], o->rounds, offsetof(struct Sample, wall_ms));
    struct Summary c = summarize(&tools[i], o->rounds, offsetof(struct Sample, cpu_ms));
    fprintf(out, "\"wall_ms\": {\"min\": %.4f, \"p50\": %.4f, \"p99\": %.4f}, ", w.min, w.p50, w.p99);
    fprintf(out, "\"cpu_ms\": {\"min\": %.4f, \"p50\": %.4f, \"p99\": %.4f}, ", c.min, c.p50, c.p99);
    fprintf(out, "\"peak_rss_kib\": %ld}", tools[i].peak_rss_kib);
  }
  fputs("\n]}\n", out);
  if (fclose(out)) die("write", o->json);
}

static void print_table(const struct Options* o, const struct Tool* tools, int count) {
  const struct Tool* base = &tools[0];
  for (int i = 0; i < count; i++)
    if (strcmp(tools[i].name, o->base) == 0) base = &tools[i];
  struct Summary b = summarize(base, o->rounds, offsetof(struct Sample, wall_ms));
  printf("%-24s %8s %8s %8s  %8s %8s  %9s  %7s %7s   (x %s)\n", "tool", "min ms", "p50", "p99", "cpu min",
         "cpu p50", "rss KiB", "x min", "x p50", base->name);
  for (int i = 0; i < count; i++) {
    struct Summary w = summarize(&tools[i], o->rounds, offsetof(struct Sample, wall_ms));
    struct Summary c = summarize(&tools[i], o->rounds, offsetof(struct Sample, cpu_ms));
    printf("%-24s %8.3f %8.3f %8.3f  %8.3f %8.3f  %9ld  %7.2f %7.2f\n", tools[i].name, w.min, w.p50, w.p99,
           c.min, c.p50, tools[i].peak_rss_kib, w.min / b.min, w.p50 / b.p50);
  }
}

static int parse_count(const char* text) {
  char* end;
  errno = 0;
  long n = strtol(text, &end, 10);
  if (*end || end == text || n < 0 || n > 1000000) die("not a count", text);
  return (int)n;
}

static struct Options parse_options(int argc, char** argv) {
  struct Options o = {.rounds = 100, .warmup = 5, .base = ""};
  for (int i = 1; i < argc; i++) {
    const char* value = i + 1 < argc ? argv[i + 1] : NULL;
    if (argv[i][0] != '-')
      o.tools = argv[i];
    else if (!value)
      die("no value", argv[i]);
    else if (!strcmp(argv[i], "--rounds"))
      o.rounds = parse_count(argv[++i]);
    else if (!strcmp(argv[i], "--warmup"))
      o.warmup = parse_count(argv[++i]);
    else if (!strcmp(argv[i], "--parallel"))
      o.parallel = parse_count(argv[++i]);
    else if (!strcmp(argv[i], "--base"))
      o.base = argv[++i];
    else if (!strcmp(argv[i], "--json"))
      o.json = argv[++i];
    else if (!strcmp(argv[i], "--after"))
      o.after = argv[++i];
    else
      die("unknown option", argv[i]);
  }
  if (!o.tools || o.rounds < 1) die("usage", "harness [OPTIONS] TOOLS");
  return o;
}

int main(int argc, char** argv) {
  static struct Tool tools[kMaxTools];
  static struct Tool after = {.name = "after"};
  struct Options o = parse_options(argc, argv);
  int count = read_tools(&o, tools), null = open("/dev/null", O_RDWR | O_CLOEXEC);
  int output = memfd_create("output", MFD_CLOEXEC);
  if (o.after) split_command(strdup(o.after), after.argv);
  if (o.parallel) {
    for (int i = 0; i < count; i++) {
      run_parallel(&tools[i], &o, o.after ? &after : NULL, null, output);
      printf("%-24s %8.1f starts/s with %d starters\n", tools[i].name, tools[i].per_second, o.parallel);
      fflush(stdout);
    }
  } else {
    run_rounds(tools, count, &o, null, output);
    print_table(&o, tools, count);
  }
  if (o.json) write_json(&o, tools, count);
  return 0;
}
