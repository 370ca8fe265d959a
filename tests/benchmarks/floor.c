// floor LIST FOLDER CONNECTIONS THREADS [SHARD]: the least that a client which stores what it fetches can do, as a
// measure.
// Fetches the addresses of LIST (all of one http server with an IPv4 address) over keep-alive connections, each with
// one request at a time, and stores each picture under a temporary name that is then renamed into one of 256 folders,
// or with SHARD into one folder for so many pictures.
// It checks, retries, limits and records nothing, and gives up at the first thing it does not expect.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { first_size = 64 << 10, most_urls = 1 << 20, events_at_once = 256 };

struct connection {
  int socket;
  int number;  // of the address being fetched
  char* buffer;
  size_t size, used;
  size_t head, whole;  // bytes of the head and of the whole response; 0 until the head is complete
};

static char* urls[most_urls];
static int url_count;
static atomic_int next_url;
static int connections_per_thread;
static int shard;
static struct sockaddr_in server;
static char host[64];

static void fail(const char* what) {
  fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void read_list(const char* path) {
  FILE* list = fopen(path, "r");
  if (!list) fail(path);
  char line[4096];
  while (url_count < most_urls && fgets(line, sizeof line, list)) {
    line[strcspn(line, "\n")] = 0;
    urls[url_count++] = strdup(line);
  }
  fclose(list);
  char address[32];
  int port = 0;
  if (url_count == 0 || sscanf(urls[0], "http://%31[0-9.]:%d/", address, &port) != 2) fail("not such a list");
  snprintf(host, sizeof host, "%s:%d", address, port);
  server.sin_family = AF_INET;
  server.sin_port = htons((unsigned short)port);
  inet_pton(AF_INET, address, &server.sin_addr);
}

// Returns 0 when there is nothing left to ask for.
static int ask(struct connection* c) {
  c->number = atomic_fetch_add(&next_url, 1);
  if (c->number >= url_count) return 0;
  const char* path = strchr(urls[c->number] + strlen("http://"), '/');
  char request[4400];
  const int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host);
  if (send(c->socket, request, (size_t)length, MSG_NOSIGNAL) != length) fail("send");
  c->used = c->head = c->whole = 0;
  return 1;
}

static void store(const struct connection* c) {
  char temporary[32], final[64];
  const char* name = strrchr(urls[c->number], '/') + 1;
  snprintf(temporary, sizeof temporary, "incoming/%d", c->number);
  snprintf(final, sizeof final, "%02x/%.40s", shard ? c->number / shard : c->number % 256, name);
  const int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  const size_t length = c->whole - c->head;
  if (file < 0 || write(file, c->buffer + c->head, length) != (ssize_t)length) fail(temporary);
  close(file);
  if (rename(temporary, final) != 0) fail(final);
}

static void read_head(struct connection* c) {
  const char* end = memmem(c->buffer, c->used, "\r\n\r\n", 4);
  if (!end) return;
  c->head = (size_t)(end - c->buffer) + 4;
  const char* length = memmem(c->buffer, c->head, "Content-Length: ", 16);
  if (!length || memcmp(c->buffer, "HTTP/1.1 200 ", 13) != 0) fail("not an answer it understands");
  c->whole = c->head + strtoul(length + 16, NULL, 10);
  if (c->whole <= c->size) return;
  c->size = c->whole;
  c->buffer = realloc(c->buffer, c->size);
  if (!c->buffer) fail("memory");
}

// Returns 0 when the connection has nothing more to do.
static int go_on(struct connection* c) {
  for (;;) {
    const ssize_t got = recv(c->socket, c->buffer + c->used, (c->whole ? c->whole : c->size) - c->used, 0);
    if (got < 0 && errno == EAGAIN) return 1;
    if (got <= 0) fail("recv");
    c->used += (size_t)got;
    if (!c->whole) read_head(c);
    if (!c->whole || c->used < c->whole) continue;
    store(c);
    return ask(c);
  }
}

static struct connection* open_connection(int epoll) {
  struct connection* c = calloc(1, sizeof *c);
  c->size = first_size;
  c->buffer = malloc(c->size);
  c->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (!c->buffer || c->socket < 0 || connect(c->socket, (struct sockaddr*)&server, sizeof server) != 0) fail("connect");
  fcntl(c->socket, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->socket, &event) != 0) fail("epoll_ctl");
  return c;
}

static void* lane(void* unused) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  int busy = 0;
  for (int n = 0; n < connections_per_thread; ++n) busy += ask(open_connection(epoll));
  struct epoll_event events[events_at_once];
  while (busy > 0) {
    const int count = epoll_wait(epoll, events, events_at_once, -1);
    for (int n = 0; n < count; ++n) busy -= !go_on(events[n].data.ptr);
  }
  return unused;
}

int main(int count, char** words) {
  if (count < 5) return fprintf(stderr, "usage: floor LIST FOLDER CONNECTIONS THREADS [SHARD]\n"), 2;
  mallopt(M_MMAP_THRESHOLD, 1 << 30);  // buffers are reused, not given back to the kernel each time
  read_list(words[1]);
  if (chdir(words[2]) != 0 || mkdir("incoming", 0755) != 0) fail(words[2]);
  for (int n = 0; n < 256; ++n) {
    char folder[8];
    snprintf(folder, sizeof folder, "%02x", n);
    if (mkdir(folder, 0755) != 0) fail(folder);
  }
  const int threads = atoi(words[4]);
  shard = count > 5 ? atoi(words[5]) : 0;
  connections_per_thread = atoi(words[3]) / threads;
  pthread_t every[64];
  if (threads < 1 || threads > 64) fail("threads");
  for (int n = 0; n < threads; ++n) pthread_create(&every[n], NULL, lane, NULL);
  for (int n = 0; n < threads; ++n) pthread_join(every[n], NULL);
  return 0;
}
