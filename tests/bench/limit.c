/* The limit of press to pixel: bytes on a line, one 1 KB append and fdatasync, one filled rectangle.
 * usage: limit LINE FILE. Lines on LINE: "ask" paints one colour, "push" is durable, then another. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xcb/xcb.h>

static char entry[1024];

int main(int count, char **words) {
    if (count != 3) return 2;
    xcb_connection_t *display = xcb_connect(NULL, NULL);
    if (xcb_connection_has_error(display)) return 1;
    xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(display)).data;
    uint32_t values[] = {screen->black_pixel, 1};
    xcb_window_t window = xcb_generate_id(display);
    xcb_create_window(display, XCB_COPY_FROM_PARENT, window, screen->root, 0, 0,
                      screen->width_in_pixels, screen->height_in_pixels, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(display, window);
    xcb_gcontext_t paint = xcb_generate_id(display);
    xcb_create_gc(display, paint, window, 0, NULL);
    xcb_rectangle_t all = {0, 0, screen->width_in_pixels, screen->height_in_pixels};
    xcb_flush(display);

    int line = open(words[1], O_RDWR | O_NOCTTY);
    int file = open(words[2], O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (line < 0 || file < 0) return 1;
    memset(entry, 'x', sizeof entry - 1);
    entry[sizeof entry - 1] = '\n';
    char text[64];
    size_t held = 0;
    ssize_t got;
    while ((got = read(line, text + held, sizeof text - held)) > 0) {
        held += (size_t)got;
        char *end;
        while ((end = memchr(text, '\n', held)) != NULL) {
            uint32_t colour = 0x305080;
            if (text[0] == 'p') {
                if (write(file, entry, sizeof entry) != (ssize_t)sizeof entry) return 1;
                if (fdatasync(file)) return 1;
                colour = 0x80c080;
            }
            xcb_change_gc(display, paint, XCB_GC_FOREGROUND, &colour);
            xcb_poly_fill_rectangle(display, window, paint, 1, &all);
            xcb_flush(display);
            held -= (size_t)(end + 1 - text);
            memmove(text, end + 1, held);
        }
        if (held == sizeof text) held = 0;
    }
    return 0;
}
