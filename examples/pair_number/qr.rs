//! Draws a QR code in a terminal.

use std::fmt::Write;

/// The width of the quiet zone around the code, in modules.
const RIM: usize = 2;
/// The largest size of a decoded picture.
const MAX_BYTES: usize = 16 << 20;

/// Draws a QR code from a PNG, two modules in each character. Returns `None` if the bytes are
/// not a PNG of a QR code.
pub fn draw(picture: &[u8]) -> Option<String> {
    let (width, dark) = pixels(picture)?;
    // The first dark pixels are the upper edge of a finder, which is 7 modules wide. The line
    // ends with the edge of another finder.
    let first = dark.iter().position(|is_dark| *is_dark)?;
    let line = &dark[first..first + width - first % width];
    let finder = line.iter().take_while(|is_dark| **is_dark).count();
    let side = line.iter().rposition(|is_dark| *is_dark)? + 1;
    let modules = (side * 7 + finder / 2) / finder;
    if !(21..=177).contains(&modules) || modules % 4 != 1 {
        return None;
    }
    let is_dark = |x: usize, y: usize| {
        // The distance in pixels from the first module to the middle of this one.
        let middle = |place: usize| {
            let place = place.checked_sub(RIM).filter(|place| *place < modules)?;
            Some((2 * place + 1) * finder / 14)
        };
        let pixel = |x: usize, y: usize| dark.get(first + y * width + x).copied();
        middle(x).zip(middle(y)).and_then(|(x, y)| pixel(x, y)).unwrap_or(false)
    };
    let mut drawn = String::new();
    for y in (0..modules + 2 * RIM).step_by(2) {
        // Black on white, regardless of the colours of the terminal.
        drawn += "\u{1b}[30;107m";
        drawn.extend((0..modules + 2 * RIM).map(|x| match (is_dark(x, y), is_dark(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        }));
        writeln!(drawn, "\u{1b}[0m").ok()?;
    }
    Some(drawn)
}

/// Decodes a PNG. Returns its width, and for each pixel, line by line, whether it is dark.
fn pixels(picture: &[u8]) -> Option<(usize, Vec<bool>)> {
    let header = minipng::decode_png_header(picture).ok()?;
    let size = Some(header.required_bytes_rgba8bpc()).filter(|size| *size <= MAX_BYTES)?;
    let mut bytes = vec![0; size];
    let mut image = minipng::decode_png(picture, &mut bytes).ok()?;
    image.convert_to_rgba8bpc().ok()?;
    let (pixels, _) = image.pixels().as_chunks();
    let dark = pixels.iter().map(|[red, _, _, opacity]| *red < 128 && *opacity > 127);
    Some((image.width().try_into().ok()?, dark.collect()))
}
