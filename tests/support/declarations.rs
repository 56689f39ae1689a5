//! The functions that the C header declares.

/// The declarations of functions: (doc comment, name, parameters).
pub(crate) fn functions(header: &str) -> Vec<(String, String, Vec<String>)> {
    let mut found = Vec::new();
    for piece in header.split("/**").skip(1) {
        let (comment, code) = piece
            .split_once("*/")
            .expect("a declaration of the generated header");
        let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some((before, parameters)) = code.split_once('(') else {
            continue;
        };
        let name = before
            .rsplit([' ', '*'])
            .next()
            .expect("a declaration of the generated header");
        if code.starts_with("typedef") || code.starts_with('#') || name.is_empty() {
            continue;
        }
        let parameters = parameters
            .split_once(')')
            .expect("a declaration of the generated header")
            .0;
        let parameters = parameters.split(',').filter(|parameter| *parameter != "void");
        let parameters = parameters.map(|p| {
            p.rsplit([' ', '*'])
                .next()
                .expect("a declaration of the generated header")
                .to_string()
        });
        found.push((comment.to_string(), name.to_string(), parameters.collect()));
    }
    found
}
