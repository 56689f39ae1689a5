/* Files on Windows: replaced whole while others have them open, with paths of any letters and any length.
 * argv: the demo policy, a folder to write to. */
#include "../c/check.h"
#include <windows.h>

static wchar_t wide[4096];

/* The same path for functions of Windows, without its limit of 260 letters. */
static const wchar_t *of_windows(const char *path) {
    wcscpy(wide, L"\\\\?\\");
    CHECK(MultiByteToWideChar(CP_UTF8, 0, path, -1, wide + 4, 4000) > 0);
    for (wchar_t *at = wide; *at; at++) {
        if (*at == L'/') *at = L'\\';
    }
    return wide;
}

/* The whole path of a folder, in UTF-8. */
static void whole_path(const char *folder, char *path, int size) {
    wchar_t part[1024], whole[1024];
    CHECK(MultiByteToWideChar(CP_UTF8, 0, folder, -1, part, 1024) > 0);
    CHECK(GetFullPathNameW(part, 1024, whole, NULL) > 0);
    CHECK(WideCharToMultiByte(CP_UTF8, 0, whole, -1, path, size, NULL, NULL) > 0);
}

static HANDLE opened(const char *path, DWORD access, DWORD share, DWORD how) {
    HANDLE file = CreateFileW(of_windows(path), access, share, NULL, how, 0, NULL);
    CHECK(file != INVALID_HANDLE_VALUE);
    return file;
}

static DWORD size_of(const char *path) {
    HANDLE file = opened(path, GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
    DWORD size = GetFileSize(file, NULL);
    CloseHandle(file);
    return size;
}

static int exists(const char *path) { return GetFileAttributesW(of_windows(path)) != INVALID_FILE_ATTRIBUTES; }

/* A file that holds one letter. */
static void put(const char *path) {
    HANDLE file = opened(path, GENERIC_WRITE, 0, CREATE_ALWAYS);
    DWORD written;
    CHECK(WriteFile(file, "x", 1, &written, NULL));
    CloseHandle(file);
}

/* The files of a folder whose names begin as those of files that are being written. */
static int being_written(const char *folder) {
    char pattern[4096];
    WIN32_FIND_DATAW found;
    HANDLE search;
    int count = 0;
    snprintf(pattern, sizeof pattern, "%s/.writing-*", folder);
    search = FindFirstFileW(of_windows(pattern), &found);
    if (search == INVALID_HANDLE_VALUE) return 0;
    do {
        count++;
    } while (FindNextFileW(search, &found));
    FindClose(search);
    return count;
}

static void saved(ppo_agent *agent, const char *path) {
    ppo_agent *again = NULL;
    EXPECT(PPO_OK, ppo_save(agent, path));
    EXPECT(PPO_OK, ppo_load(path, &again));
    ppo_agent_free(again);
}

/* Letters of other scripts, and folders in folders, up to 1,000 letters. */
static void paths(ppo_agent *agent, const char *folder) {
    static const char part[] = "/\xc3\xa4hre \xe6\xa0\xaa\xe5\xbc\x8f 0123456789012345678901234567890123456789";
    char path[4096], file[4200];
    snprintf(path, sizeof path, "%s", folder);
    while (strlen(path) < 1000 && failures == 0) {
        strcat(path, part);
        CHECK(CreateDirectoryW(of_windows(path), NULL));
        snprintf(file, sizeof file, "%s/\xce\xb1.safetensors", path);
        saved(agent, file);
        saved(agent, file); /* replaced */
        CHECK(being_written(path) == 0);
    }
}

static DWORD WINAPI close_soon(void *file) {
    Sleep(150);
    CloseHandle(file);
    return 0;
}

/* Who reads the old file without leave to remove it is waited for, and the old file stays where that takes too long. */
static void readers(ppo_agent *agent, const char *folder) {
    char path[4096];
    HANDLE reader, thread;
    DWORD whole, begun;
    snprintf(path, sizeof path, "%s/read", folder);
    saved(agent, path);
    whole = size_of(path);
    put(path);
    reader = opened(path, GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
    begun = GetTickCount();
    EXPECT(PPO_ERR_IO, ppo_save(agent, path));
    CHECK(GetTickCount() - begun < 10000);
    CHECK(size_of(path) == 1 && being_written(folder) == 0);
    thread = CreateThread(NULL, 0, close_soon, reader, 0, NULL);
    EXPECT(PPO_OK, ppo_save(agent, path));
    CHECK(WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0);
    CloseHandle(thread);
    CHECK(size_of(path) == whole && being_written(folder) == 0);
}

static void read_only(ppo_agent *agent, const char *folder) {
    char path[4096];
    snprintf(path, sizeof path, "%s/kept", folder);
    put(path);
    CHECK(SetFileAttributesW(of_windows(path), FILE_ATTRIBUTE_READONLY));
    EXPECT(PPO_ERR_IO, ppo_save(agent, path));
    CHECK(size_of(path) == 1 && being_written(folder) == 0);
    CHECK(SetFileAttributesW(of_windows(path), FILE_ATTRIBUTE_NORMAL));
    saved(agent, path);
}

/* What a save that was killed has left is removed; what somebody writes to stays. */
static void left_behind(ppo_agent *agent, const char *folder) {
    static const char name[] = "policy";
    char path[4096], abandoned[4200], live[4200];
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a of the name */
    HANDLE file;
    for (const char *at = name; *at; at++) {
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(abandoned, sizeof abandoned, "%s/.writing-%08x%08x-gone", folder, (unsigned)(hash >> 32), (unsigned)hash);
    snprintf(live, sizeof live, "%s/.writing-%08x%08x-live", folder, (unsigned)(hash >> 32), (unsigned)hash);
    put(abandoned);
    file = opened(live, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, CREATE_NEW);
    saved(agent, path);
    CHECK(!exists(abandoned) && exists(live));
    CloseHandle(file);
    saved(agent, path);
    CHECK(!exists(live) && being_written(folder) == 0);
}

static ppo_agent *shared;
static char shared_path[4096];

static DWORD WINAPI save_often(void *unused) {
    DWORD failed = 0;
    (void)unused;
    for (int i = 0; i < 20; i++) {
        failed += ppo_save(shared, shared_path) != PPO_OK;
    }
    return failed;
}

/* Several threads replace one file: it is whole. */
static void side_by_side(ppo_agent *agent, const char *folder) {
    HANDLE threads[4];
    DWORD failed = 0, of_thread;
    shared = agent;
    snprintf(shared_path, sizeof shared_path, "%s/shared", folder);
    for (int i = 0; i < 4; i++) {
        threads[i] = CreateThread(NULL, 0, save_often, NULL, 0, NULL);
    }
    for (int i = 0; i < 4; i++) {
        CHECK(WaitForSingleObject(threads[i], 60000) == WAIT_OBJECT_0);
        CHECK(GetExitCodeThread(threads[i], &of_thread));
        failed += of_thread;
        CloseHandle(threads[i]);
    }
    CHECK(failed == 0 && being_written(folder) == 0);
    saved(agent, shared_path);
}

int main(int argc, char **argv) {
    static char folder[4096];
    ppo_agent *agent = NULL;
    if (argc != 3) {
        return 2;
    }
    whole_path(argv[2], folder, sizeof folder);
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    paths(agent, folder);
    readers(agent, folder);
    read_only(agent, folder);
    left_behind(agent, folder);
    side_by_side(agent, folder);
    ppo_agent_free(agent);
    return finished("files");
}
