/* Markets from data frames: what they hold, and frames that no caller should hand over. argv: the demo policy, a folder to
 * write to. */
#include "check.h"
#include "frame.h"

static char text[4096];
static const char *folder;

#define ROWS 6

/* Two values of no meaning, then those of the rows. */
static const int32_t DAYS[] = {-1, -1, 18262, 18263, 18264, 18265, 18266, 18267};
static const double A[] = {NAN, NAN, 100, 101, 102, 101, 103, 104};
static const float B[] = {-1, -1, 50, 49, 50, 51, 52, 50};
static const char *const CSV = "date,A,B\n2020-01-01,100,50\n2020-01-02,101,49\n2020-01-03,102,50\n2020-01-04,101,51\n"
                               "2020-01-05,103,52\n2020-01-06,104,50\n";

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

static struct frame described(void) {
    struct frame frame;
    memset(&frame, 0, sizeof frame);
    const struct column columns[] = {
        {"date", "tdD", DAYS, NULL, NULL}, {"A", "g", A, NULL, NULL}, {"B", "f", B, NULL, NULL}};
    memcpy(frame.columns, columns, sizeof columns);
    frame.n_columns = 3;
    frame.before = 2;
    frame.batches[0] = ROWS;
    frame.n_batches = 1;
    return frame;
}

/* All that a market is, as bytes. */
static size_t bytes_of(const ppo_market *market, uint8_t *bytes, size_t capacity) {
    size_t size = 0;
    EXPECT(PPO_OK, ppo_market_save_bytes(market, bytes, capacity, &size));
    return size;
}

/* The frame is the same market as this CSV text, to the bit. */
static void same_as_csv(struct frame *frame, const char *options, const char *csv) {
    static uint8_t expected[1 << 16], found[1 << 16];
    char path[4096];
    ppo_market *of_frame = NULL, *of_file = NULL;
    struct ArrowArrayStream stream = stream_of(frame);
    EXPECT(PPO_OK, ppo_market_from_arrow(&stream, options, &of_frame));
    CHECK_RELEASED(frame, stream);
    CHECK(frame->given == frame->n_batches + 1);
    snprintf(path, sizeof path, "%s/frame.csv", folder);
    FILE *file = fopen(path, "w");
    if (file == NULL || of_frame == NULL) {
        failures++;
        return;
    }
    fputs(csv, file);
    fclose(file);
    EXPECT(PPO_OK, ppo_market_from_csv(path, options, NAN, &of_file));
    size_t size = bytes_of(of_file, expected, sizeof expected);
    CHECK(size > 0 && bytes_of(of_frame, found, sizeof found) == size);
    CHECK(memcmp(found, expected, size) == 0);
    ppo_market_free(of_frame);
    ppo_market_free(of_file);
}

/* The frame is refused in these words, and all of it released. */
static void refused(ppo_status status, struct frame *frame, const char *options, const char *words) {
    ppo_market *market = (ppo_market *)(void *)text;
    struct ArrowArrayStream stream = stream_of(frame);
    EXPECT(status, ppo_market_from_arrow(&stream, options, &market));
    CHECK(market == (ppo_market *)(void *)text);
    CHECK_RELEASED(frame, stream);
    if (!says(words)) {
        failures++;
        printf("\"%s\" is not in \"%s\"\n", words, text);
    }
}

static void frames_are_the_markets_of_the_same_rows(void) {
    struct frame frame = described();
    same_as_csv(&frame, NULL, CSV);
    /* Batches, one without rows, each from an offset of its own on. */
    const int64_t batches[] = {1, 2, 0, 3};
    memcpy(frame.batches, batches, sizeof batches);
    frame.n_batches = 4;
    same_as_csv(&frame, "{}", CSV);
    frame.offset = 2;
    same_as_csv(&frame, "{}", CSV);
    /* Options are those of files. */
    frame = described();
    same_as_csv(&frame, "{\"signals\": [\"B\"], \"bars_per_year\": 365}", CSV);
    same_as_csv(&frame, "{\"ignore\": [\"B\"], \"asset_name\": \"ACME\"}", CSV);

    /* A row for each date and asset, with texts, the longest of which does not fit into a view. */
    static const int32_t days[] = {-1, -1, 18262, 18262, 18263, 18263};
    static const int32_t offsets[] = {0, 1, 1, 2, 23, 24, 45};
    static const int64_t large[] = {0, 1, 1, 2, 23, 24, 45};
    static const uint16_t closes[] = {9, 9, 20, 10, 21, 11};
    const char *csv = "date,symbol,close\n2020-01-01,A,20\n2020-01-01,\"The Company of B, Inc\",10\n"
                      "2020-01-02,A,21\n2020-01-02,\"The Company of B, Inc\",11\n";
    const char *texts = "?AThe Company of B, IncAThe Company of B, Inc";
    struct column of_long[] = {
        {"date", "tdD", days, NULL, NULL}, {"symbol", "u", offsets, texts, NULL}, {"close", "S", closes, NULL, NULL}};
    frame = described();
    memcpy(frame.columns, of_long, sizeof of_long);
    frame.batches[0] = 3;
    frame.batches[1] = 1;
    frame.n_batches = 2;
    same_as_csv(&frame, NULL, csv);
    frame.columns[1].format = "U";
    frame.columns[1].values = large;
    same_as_csv(&frame, NULL, csv);
}

/* Bits of the rows, of which the fourth (of B), and the second (of the whole batch), is missing. */
static const uint8_t WITHOUT_FOURTH[] = {0xdf}, WITHOUT_SECOND[] = {0xfd};

static void nulls_are_gaps(void) {
    const char *without_fourth = "date,A,B\n2020-01-01,100,50\n2020-01-02,101,49\n2020-01-03,102,50\n2020-01-04,101,\n"
                                 "2020-01-05,103,52\n2020-01-06,104,50\n";
    const char *forward = "{\"fill\": \"forward\"}";
    struct frame frame = described();
    frame.columns[2].there = WITHOUT_FOURTH;
    refused(PPO_ERR_TABLE, &frame, "{\"fill\": \"refuse\"}", "stream, row 4, column B: found a gap");
    same_as_csv(&frame, NULL, without_fourth);
    same_as_csv(&frame, forward, without_fourth);
    frame.batches[0] = 4;
    frame.batches[1] = 2;
    frame.n_batches = 2;
    same_as_csv(&frame, forward, without_fourth);
    /* A row that the batch has not: its date is missing. */
    frame = described();
    frame.rows_there = WITHOUT_SECOND;
    refused(PPO_ERR_TABLE, &frame, NULL, "stream, row 2, column date: found a gap");
    frame.offset = 1;
    refused(PPO_ERR_TABLE, &frame, NULL, "stream, row 1, column date: found a gap");
}

static void tables_that_are_none(void) {
    struct frame frame = described();
    frame.n_batches = 0;
    refused(PPO_ERR_TABLE, &frame, NULL, "found 0 rows");
    frame.n_batches = 1;
    frame.batches[0] = 0;
    refused(PPO_ERR_TABLE, &frame, NULL, "found 0 rows");
    frame = described();
    frame.n_columns = 0;
    refused(PPO_ERR_TABLE, &frame, NULL, "no columns");
    frame = described();
    frame.columns[2].format = "d:10,2";
    refused(PPO_ERR_TABLE, &frame, NULL, "row 1, column B: found a value of the type Decimal(10,2), expected a finite price");
    same_as_csv(&frame, "{\"ignore\": [\"B\"]}", CSV);
    frame.columns[2].format = "+l";
    refused(PPO_ERR_TABLE, &frame, NULL, "column B: found a value of the type List");
    frame.columns[2].format = "zzz";
    refused(PPO_ERR_TABLE, &frame, NULL, "column B: found a value of the type with the format \"zzz\"");
    frame = described();
    frame.columns[0].format = "tts";
    refused(PPO_ERR_TABLE, &frame, NULL, "row 1, column date: found a value of the type Time");
    frame = described();
    frame.columns[1].name = "B";
    refused(PPO_ERR_TABLE, &frame, NULL, "column B: found a second column of this name");
    frame = described();
    frame.columns[1].name = "close";
    frame.columns[2].name = "volume";
    refused(PPO_ERR_TABLE, &frame, NULL, "column close: found an asset without a name, expected its name as `asset_name`");
    frame.columns[1].name = "A";
    frame.columns[0].name = "when";
    frame.n_columns = 2;
    same_as_csv(&frame, NULL, "when,A\n2020-01-01,100\n2020-01-02,101\n2020-01-03,102\n2020-01-04,101\n2020-01-05,103\n"
                              "2020-01-06,104\n");
    frame.columns[0].format = "i";
    refused(PPO_ERR_TABLE, &frame, NULL, "stream, column date: found no such column among: when, A");
    refused(PPO_ERR_INVALID_ARGUMENT, &frame, "{\"colour\": 1}", "options_json: colour");
    refused(PPO_ERR_TABLE, &frame, "{\"separator\": \"comma\"}", "`separator` for Arrow, which is no text");
}

static void functions_that_fail(void) {
    struct frame frame = described();
    frame.schema_fails = 1;
    frame.words = "no such table";
    refused(PPO_ERR_CALLBACK, &frame, NULL, "`stream.get_schema` is a function that answered 22 (no such table)");
    frame = described();
    frame.fails_at = 1;
    refused(PPO_ERR_CALLBACK, &frame, NULL, "`stream.get_next` is a function that answered 5, expected");
    frame.batches[0] = 2;
    frame.batches[1] = 4;
    frame.n_batches = 2;
    frame.fails_at = 3;
    frame.words = "the connection was \xff lost";
    refused(PPO_ERR_CALLBACK, &frame, NULL, "answered 5 (the connection was ");
    CHECK(frame.given == 3);

    frame = described();
    ppo_market *market = NULL;
    struct ArrowArrayStream stream = stream_of(&frame);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_from_arrow(NULL, NULL, &market));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_from_arrow((struct ArrowArrayStream *)(void *)(text + 1), NULL, &market));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_from_arrow(&stream, NULL, NULL));
    CHECK_RELEASED(&frame, stream);
    CHECK(frame.given == 0);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_from_arrow(&stream, NULL, &market));
    CHECK(says("`stream` is one that was released"));
    CHECK(frame.streams_released == 1);
    stream = stream_of(&frame);
    stream.get_schema = NULL;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_from_arrow(&stream, NULL, &market));
    CHECK(says("`stream.get_schema` is NULL"));
    CHECK_RELEASED(&frame, stream);
    stream = stream_of(&frame);
    stream.get_next = NULL;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_from_arrow(&stream, NULL, &market));
    CHECK_RELEASED(&frame, stream);
    CHECK(frame.given == 1);
    stream = stream_of(&frame);
    stream.get_last_error = NULL;
    frame.fails_at = 1;
    EXPECT(PPO_ERR_CALLBACK, ppo_market_from_arrow(&stream, NULL, &market));
    CHECK_RELEASED(&frame, stream);
    CHECK(market == NULL);
}

/* What is wrong with a schema, and with an array. */
#define SCHEMA(name, change)                                \
    static void schema_##name(struct ArrowSchema *schema) { \
        struct ArrowSchema *date = schema->children[0];     \
        (void)date;                                         \
        change;                                             \
    }
#define ARRAY(name, change)                                 \
    static void array_##name(struct ArrowArray *array) {    \
        struct ArrowArray *b = array->children[2];          \
        (void)b;                                            \
        change;                                             \
    }

/* Metadata: how many pairs, then the length of each word and the word, on machines that put the lowest byte first. */
static const char PERIOD[] = "\1\0\0\0" "\24\0\0\0" "ARROW:extension:name" "\15\0\0\0" "pandas.period";
static const char OTHER[] = "\1\0\0\0" "\4\0\0\0" "unit" "\0\0\0\0";
static const char NEGATIVE[] = "\377\377\377\377";

SCHEMA(no_format, schema->format = NULL)
SCHEMA(no_struct, schema->format = "g")
SCHEMA(no_children, schema->children = NULL)
SCHEMA(no_child, schema->children[0] = NULL)
SCHEMA(negative, schema->n_children = -1)
SCHEMA(many, schema->n_children = INT64_MAX)
SCHEMA(child_without_format, date->format = NULL)
SCHEMA(child_without_name, date->name = NULL)
SCHEMA(name, date->name = "\xff")
SCHEMA(format, date->format = "\xff")
SCHEMA(misaligned, schema->children = (struct ArrowSchema **)(void *)((char *)schema->children + 1))
SCHEMA(dictionary, date->dictionary = schema->children[1])
SCHEMA(extension, date->metadata = PERIOD)
SCHEMA(other, date->metadata = OTHER)
SCHEMA(metadata, date->metadata = NEGATIVE)
SCHEMA(two, schema->n_children = 2)

ARRAY(length, array->length = -1)
ARRAY(offset, array->offset = -1)
ARRAY(nulls, array->null_count = -2)
ARRAY(more_nulls, array->null_count = ROWS + 1)
ARRAY(overflow, array->length = INT64_MAX; array->offset = INT64_MAX)
ARRAY(huge, array->length = INT64_MAX)
#ifndef SANITIZED /* whose malloc ends the process rather than refuse */
ARRAY(many, array->length = INT64_C(1) << 42)
#endif
ARRAY(columns, array->n_children = 2)
ARRAY(negative_columns, array->n_children = -3)
ARRAY(no_children, array->children = NULL)
ARRAY(no_child, array->children[2] = NULL)
ARRAY(buffers, array->n_buffers = 0)
ARRAY(no_buffers, array->buffers = NULL)
ARRAY(child_length, b->length = -1)
ARRAY(child_short, b->length = ROWS - 1)
ARRAY(child_offset, b->offset = -1)
ARRAY(child_overflow, b->offset = INT64_MAX - ROWS)
ARRAY(child_nulls, b->null_count = 2)
ARRAY(child_buffers, b->n_buffers = 3)
ARRAY(child_negative, b->n_buffers = -2)
ARRAY(child_no_buffers, b->buffers = NULL)
ARRAY(child_no_values, b->buffers[1] = NULL)

static void structs_that_contradict_themselves(void) {
    static const struct {
        void (*spoil)(struct ArrowSchema *schema);
        ppo_status status;
        const char *words;
    } schemas[] = {
        {schema_no_format, PPO_ERR_NULL_POINTER, "`stream, format of the schema` is NULL"},
        {schema_no_struct, PPO_ERR_INVALID_ARGUMENT, "`stream` is a stream of values of the format \"g\""},
        {schema_no_children, PPO_ERR_NULL_POINTER, "`stream, columns of the schema` is NULL, expected a pointer to 3"},
        {schema_no_child, PPO_ERR_NULL_POINTER, "`stream, column 1 of the schema` is NULL"},
        {schema_negative, PPO_ERR_INVALID_ARGUMENT, "`stream, columns of the schema` is -1 values"},
        {schema_many, PPO_ERR_INVALID_ARGUMENT, "expected at least 0, and what fits into memory"},
        {schema_child_without_format, PPO_ERR_NULL_POINTER, "`stream, column 1 of the schema, format` is NULL"},
        {schema_name, PPO_ERR_INVALID_ARGUMENT, "`stream, column 1 of the schema, name` is not UTF-8"},
        {schema_format, PPO_ERR_INVALID_ARGUMENT, "`stream, column 1 of the schema, format` is not UTF-8"},
        {schema_misaligned, PPO_ERR_INVALID_ARGUMENT, "a misaligned pointer"},
        {schema_dictionary, PPO_ERR_TABLE, "found a value of the type Dictionary(Date32, Float64)"},
        {schema_extension, PPO_ERR_TABLE, "found a value of the type pandas.period, an extension of Date32"},
        {schema_metadata, PPO_ERR_INVALID_ARGUMENT, "`stream, column 1 of the schema, metadata` is a length of -1"},
        {schema_two, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1` is of 3 columns, expected 2"},
    };
    static const struct {
        void (*spoil)(struct ArrowArray *array);
        ppo_status status;
        const char *words;
    } arrays[] = {
        {array_length, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1, length` is -1"},
        {array_offset, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1, offset` is -1"},
        {array_nulls, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1, null_count` is -2"},
        {array_more_nulls, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1, null_count` is 7, expected -1 (not counted) to 6"},
        {array_overflow, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1, rows` is "},
        {array_huge, PPO_ERR_OUT_OF_MEMORY, "`stream` is of 9223372036854775807 rows of 3 columns"},
#ifndef SANITIZED
        {array_many, PPO_ERR_OUT_OF_MEMORY, "`stream` is of 4398046511104 rows of 3 columns"},
#endif
        {array_columns, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1` is of 2 columns, expected 3"},
        {array_negative_columns, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1` is of -3 columns"},
        {array_no_children, PPO_ERR_NULL_POINTER, "`stream, batch 1, column \"date\"` is NULL"},
        {array_no_child, PPO_ERR_NULL_POINTER, "`stream, batch 1, column \"B\"` is NULL"},
        {array_buffers, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1` is of 0 buffers, expected 1"},
        {array_no_buffers, PPO_ERR_NULL_POINTER, "`stream, batch 1, buffers` is NULL"},
        {array_child_length, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1, column \"B\", length` is -1"},
        {array_child_short, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1, column \"B\"` is of 5 rows, expected at least 6"},
        {array_child_offset, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1, column \"B\", offset` is -1"},
        {array_child_overflow, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1, column \"B\"` is of rows that do not fit"},
        {array_child_nulls, PPO_ERR_INVALID_ARGUMENT, "is of 2 nulls, and no bits say which"},
        {array_child_buffers, PPO_ERR_INVALID_ARGUMENT, "`stream, batch 1, column \"B\"` is of 3 buffers, expected 2"},
        {array_child_negative, PPO_ERR_INVALID_ARGUMENT, "is of -2 buffers, expected 2"},
        {array_child_no_buffers, PPO_ERR_NULL_POINTER, "`stream, batch 1, column \"B\", buffers` is NULL"},
        {array_child_no_values, PPO_ERR_NULL_POINTER, "`stream, batch 1, column \"B\", buffer 1` is NULL"},
    };
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        struct frame frame = described();
        frame.spoil_schema = schemas[i].spoil;
        refused(schemas[i].status, &frame, NULL, schemas[i].words);
    }
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        struct frame frame = described();
        frame.spoil_array = arrays[i].spoil;
        refused(arrays[i].status, &frame, NULL, arrays[i].words);
    }
    struct frame frame = described();
    frame.spoil_schema = schema_other;
    same_as_csv(&frame, NULL, CSV);
    frame.spoil_schema = schema_child_without_name;
    same_as_csv(&frame, NULL, CSV);
}

/* Texts whose offsets or views lie. */
static void texts_that_lie(void) {
    static const int32_t good[] = {0, 10, 20}, falling[] = {0, 10, 9}, negative[] = {-1, 10, 20};
    static const char bytes[] = "2020-01-012020-01-02", odd[] = "2020-01-01\xff" "020-01-02";
    static const double closes[] = {1, 1.1};
    struct frame frame = described();
    const struct column columns[] = {{"date", "u", good, bytes, NULL}, {"A", "g", closes, NULL, NULL}};
    memcpy(frame.columns, columns, sizeof columns);
    frame.n_columns = 2;
    frame.before = 0;
    frame.batches[0] = 2;
    same_as_csv(&frame, NULL, "date,A\n2020-01-01,1\n2020-01-02,1.1\n");
    frame.columns[0].values = falling;
    refused(PPO_ERR_INVALID_ARGUMENT, &frame, NULL, "`stream, batch 1, column \"date\", row 2` is a text from byte 10 to 9");
    frame.columns[0].values = negative;
    refused(PPO_ERR_INVALID_ARGUMENT, &frame, NULL, "column \"date\", row 1` is a text from byte -1 to 10");
    frame.columns[0].values = good;
    frame.columns[0].bytes = odd;
    refused(PPO_ERR_INVALID_ARGUMENT, &frame, NULL, "column \"date\", row 2` is a text that is not UTF-8");
}

/* Views of texts: a length, then the text, or its first bytes, a buffer and a place in it. */
struct view {
    int32_t length;
    char first[4];
    int32_t buffer, start;
};
static struct view views[2];
static const char LONG_TEXT[] = "????2020-01-02T00:00:00";
static int64_t sizes[1] = {sizeof LONG_TEXT - 1};

static void give_views(struct ArrowArray *array) {
    struct ArrowArray *date = array->children[0];
    date->n_buffers = 4;
    /* The frame's own list has room for three. */
    static const void *buffers[4];
    buffers[0] = NULL;
    buffers[1] = views;
    buffers[2] = LONG_TEXT;
    buffers[3] = sizes;
    date->buffers = buffers;
}

static void give_views_without_sizes(struct ArrowArray *array) {
    give_views(array);
    array->children[0]->buffers[3] = NULL;
}

static void give_views_in_too_few_buffers(struct ArrowArray *array) {
    give_views(array);
    array->children[0]->n_buffers = 2;
}

static void views_of_texts(void) {
    static const double closes[] = {1, 1.1};
    const struct view good[] = {{10, "2020", 0, 0}, {19, "2020", 0, 4}};
    struct frame frame = described();
    const struct column columns[] = {{"date", "vu", views, LONG_TEXT, NULL}, {"A", "g", closes, NULL, NULL}};
    memcpy(frame.columns, columns, sizeof columns);
    frame.n_columns = 2;
    frame.before = 0;
    frame.batches[0] = 2;
    frame.spoil_array = give_views;
    memcpy(views, good, sizeof good);
    memcpy((char *)&views[0] + sizeof(int32_t), "2020-01-01\0\0", 12);
    same_as_csv(&frame, NULL, "date,A\n2020-01-01,1\n2020-01-02T00:00:00,1.1\n");
    views[1].start = 5;
    refused(PPO_ERR_INVALID_ARGUMENT, &frame, NULL, "row 2` is a text from byte 5 to 24 of buffer 0");
    views[1].start = -1;
    refused(PPO_ERR_INVALID_ARGUMENT, &frame, NULL, "row 2` is a text from byte -1 to 18 of buffer 0");
    views[1].start = 4;
    views[1].buffer = 1;
    refused(PPO_ERR_INVALID_ARGUMENT, &frame, NULL, "of buffer 1");
    views[1].buffer = -1;
    refused(PPO_ERR_INVALID_ARGUMENT, &frame, NULL, "of buffer -1");
    views[1].length = -19;
    refused(PPO_ERR_INVALID_ARGUMENT, &frame, NULL, "is -19 values");
    views[1] = good[1];
    frame.spoil_array = give_views_without_sizes;
    refused(PPO_ERR_NULL_POINTER, &frame, NULL, "`stream, batch 1, column \"date\"` is NULL");
    frame.spoil_array = give_views_in_too_few_buffers;
    refused(PPO_ERR_INVALID_ARGUMENT, &frame, NULL, "is of 2 buffers, expected 3");
}

int main(int argc, char **argv) {
    folder = argc > 2 ? argv[2] : ".";
    frames_are_the_markets_of_the_same_rows();
    nulls_are_gaps();
    tables_that_are_none();
    functions_that_fail();
    structs_that_contradict_themselves();
    texts_that_lie();
    views_of_texts();
    return finished("arguments_arrow");
}
