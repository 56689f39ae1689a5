/* Data frames by the Arrow C stream interface, made by hand, whose producer counts what is released and can be told to
 * hand out something wrong. Every struct's memory goes with its release: the sanitizers and valgrind see one that is
 * missing, and one too many. Include check.h, or in C++ check.hpp, before it. */
#ifndef FRAME_H
#define FRAME_H

#include "ppo_risk.h"
#include <stdlib.h>
#include <string.h>

/* Most columns and batches of a frame. */
#define MOST 8

/* A column, whose buffers hold `before` values of no meaning and then those of all rows. */
struct column {
    const char *name, *format;
    /* The values, or the offsets of texts; the bytes of texts; bits of the rows that are there, NULL for all. */
    const void *values, *bytes;
    const uint8_t *there;
};

struct frame {
    /* What it holds. */
    struct column columns[MOST];
    int n_columns;
    /* Rows of each batch, and the offset that each batch has itself. */
    int64_t batches[MOST], offset;
    int n_batches;
    /* Values in the buffers before those of the first row. */
    int64_t before;
    /* Bits of the rows that are there, of every batch: NULL for all. */
    const uint8_t *rows_there;

    /* What is wrong with it: called on what is handed out next. */
    void (*spoil_schema)(struct ArrowSchema *schema);
    void (*spoil_array)(struct ArrowArray *array);
    int fails_at; /* the call of get_next that fails, from 1 */
    int schema_fails;
    const char *words; /* of the failure */

    /* What happened. */
    int calls;
    int given, released;
    int streams_released;
};

/* What a struct that was handed out owns. */
struct owned {
    struct frame *frame;
    void *parts[4 * MOST + 4];
    int n_parts;
};

static inline void *part(struct owned *owned, size_t size) {
    void *made = calloc(1, size);
    owned->parts[owned->n_parts++] = made;
    return made;
}

static inline void release_owned(struct owned *owned) {
    owned->frame->released++;
    for (int i = 0; i < owned->n_parts; i++)
        free(owned->parts[i]);
    free(owned);
}

static inline void release_schema(struct ArrowSchema *schema) {
    release_owned((struct owned *)schema->private_data);
    schema->release = NULL;
}

static inline void release_array(struct ArrowArray *array) {
    release_owned((struct owned *)array->private_data);
    array->release = NULL;
}

/* Children are released with their parent. */
static inline void release_child_schema(struct ArrowSchema *schema) {
    schema->release = NULL;
    failures++;
}

static inline void release_child_array(struct ArrowArray *array) {
    array->release = NULL;
    failures++;
}

static inline int give_schema(struct ArrowArrayStream *stream, struct ArrowSchema *schema) {
    struct frame *frame = (struct frame *)stream->private_data;
    if (frame->schema_fails)
        return 22;
    struct owned *owned = (struct owned *)calloc(1, sizeof *owned);
    owned->frame = frame;
    memset(schema, 0, sizeof *schema);
    schema->format = "+s";
    schema->name = "";
    schema->n_children = frame->n_columns;
    schema->children = (struct ArrowSchema **)part(owned, MOST * sizeof *schema->children);
    for (int i = 0; i < frame->n_columns; i++) {
        struct ArrowSchema *child = (struct ArrowSchema *)part(owned, sizeof *child);
        child->format = frame->columns[i].format;
        child->name = frame->columns[i].name;
        child->flags = ARROW_FLAG_NULLABLE;
        child->release = release_child_schema;
        schema->children[i] = child;
    }
    schema->release = release_schema;
    schema->private_data = owned;
    frame->given++;
    if (frame->spoil_schema != NULL)
        frame->spoil_schema(schema);
    return 0;
}

static inline int give_array(struct ArrowArrayStream *stream, struct ArrowArray *array) {
    struct frame *frame = (struct frame *)stream->private_data;
    int batch = frame->calls++;
    if (frame->calls == frame->fails_at)
        return 5;
    memset(array, 0, sizeof *array);
    if (batch >= frame->n_batches)
        return 0;
    int64_t first = frame->before;
    for (int i = 0; i < batch; i++)
        first += frame->batches[i];
    struct owned *owned = (struct owned *)calloc(1, sizeof *owned);
    owned->frame = frame;
    array->length = frame->batches[batch];
    array->offset = frame->offset;
    array->null_count = frame->rows_there == NULL ? 0 : -1;
    array->n_buffers = 1;
    array->buffers = (const void **)part(owned, sizeof *array->buffers);
    array->buffers[0] = frame->rows_there;
    array->n_children = frame->n_columns;
    array->children = (struct ArrowArray **)part(owned, MOST * sizeof *array->children);
    for (int i = 0; i < frame->n_columns; i++) {
        const struct column *column = &frame->columns[i];
        struct ArrowArray *child = (struct ArrowArray *)part(owned, sizeof *child);
        child->length = array->length + array->offset;
        child->offset = first - array->offset;
        child->null_count = column->there == NULL ? 0 : -1;
        child->n_buffers = column->bytes == NULL ? 2 : 3;
        child->buffers = (const void **)part(owned, 3 * sizeof *child->buffers);
        child->buffers[0] = column->there;
        child->buffers[1] = column->values;
        child->buffers[2] = column->bytes;
        child->release = release_child_array;
        array->children[i] = child;
    }
    array->release = release_array;
    array->private_data = owned;
    frame->given++;
    if (frame->spoil_array != NULL)
        frame->spoil_array(array);
    return 0;
}

static inline const char *last_words(struct ArrowArrayStream *stream) {
    return ((struct frame *)stream->private_data)->words;
}

static inline void release_stream(struct ArrowArrayStream *stream) {
    ((struct frame *)stream->private_data)->streams_released++;
    stream->release = NULL;
}

/* A stream of the frame. */
static inline struct ArrowArrayStream stream_of(struct frame *frame) {
    struct ArrowArrayStream stream;
    frame->calls = frame->given = frame->released = frame->streams_released = 0;
    stream.get_schema = give_schema;
    stream.get_next = give_array;
    stream.get_last_error = last_words;
    stream.release = release_stream;
    stream.private_data = frame;
    return stream;
}

/* All that was handed out was released, once. */
#define CHECK_RELEASED(frame, stream)                                                      \
    do {                                                                                  \
        CHECK((stream).release == NULL);                                                  \
        CHECK((frame)->streams_released == 1);                                            \
        CHECK((frame)->released == (frame)->given);                                       \
    } while (0)

#endif
