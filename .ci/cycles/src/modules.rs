//! The files of a crate as modules, each with the names that are known in it.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Expr, ExprLit, Item, ItemMod, Lit, Meta};

use crate::attributes::{counts, of_item};
use crate::uses::{Binds, Import, imports};

/// The text of each file, by its path below `src/`.
pub(crate) type Sources = BTreeMap<String, String>;

pub(crate) struct Crate {
    /// The name under which its binaries import its library.
    pub lib_name: String,
    pub lib: Option<usize>,
    /// Those that count: not those for tests alone.
    pub files: Vec<String>,
    pub modules: Vec<Module>,
    /// Which modules define macros of a name.
    pub macros: BTreeMap<String, Vec<usize>>,
}

pub(crate) struct Module {
    pub parent: Option<usize>,
    pub root: usize,
    pub file: usize,
    pub names: BTreeMap<String, Vec<Name>>,
    pub globs: Vec<Vec<String>>,
    pub items: Vec<Item>,
}

/// What a name stands for.
pub(crate) enum Name {
    Module(usize),
    /// What this module defines.
    Item(usize),
    /// What another path leads to.
    Import(Vec<String>),
}

/// Where a module stands: its file, and the folder of its child modules (empty or with a `/` at its end).
struct Place {
    parent: Option<usize>,
    file: String,
    folder: String,
}

struct Parser<'a> {
    sources: &'a Sources,
    result: Crate,
    /// Files that are known to belong to some module, counted or not.
    known: BTreeSet<String>,
}

impl Crate {
    /// Parses all files from `lib.rs`, `main.rs` and the binaries on.
    ///
    /// # Errors
    /// A file is not Rust, is missing, or belongs to no module.
    pub(crate) fn parse(name: &str, sources: &Sources) -> Result<Self, String> {
        let result = Self {
            lib_name: name.replace('-', "_"),
            lib: None,
            files: Vec::new(),
            modules: Vec::new(),
            macros: BTreeMap::new(),
        };
        let mut parser = Parser { sources, result, known: BTreeSet::new() };
        for file in sources.keys().filter(|file| is_root(file)) {
            let folder = file.rfind('/').map_or("", |end| &file[..=end]).to_owned();
            let root = parser.file(&Place { parent: None, file: file.clone(), folder })?;
            if file == "lib.rs" {
                parser.result.lib = Some(root);
            }
        }
        match sources.keys().find(|file| !parser.known.contains(*file)) {
            Some(file) => Err(format!("{file} belongs to no module")),
            None => Ok(parser.result),
        }
    }
}

fn is_root(file: &str) -> bool {
    let binary = file.strip_prefix("bin/").map(|rest| rest.strip_suffix("/main.rs").unwrap_or(rest));
    matches!(file, "lib.rs" | "main.rs") || binary.is_some_and(|rest| !rest.contains('/'))
}

impl Parser<'_> {
    fn file(&mut self, place: &Place) -> Result<usize, String> {
        let text = self.sources.get(&place.file).ok_or_else(|| format!("{} is missing", place.file))?;
        let parsed = syn::parse_file(text)
            .map_err(|error| format!("{}:{}: {error}", place.file, error.span().start().line))?;
        self.known.insert(place.file.clone());
        self.result.files.push(place.file.clone());
        self.module(place, self.result.files.len() - 1, parsed.items)
    }

    fn module(&mut self, place: &Place, file: usize, mut items: Vec<Item>) -> Result<usize, String> {
        items.retain(|item| {
            let counted = counts(of_item(item));
            if let (false, Item::Mod(declared)) = (counted, item) {
                self.skip(place, declared);
            }
            counted
        });
        let id = self.result.modules.len();
        let root = place.parent.map_or(id, |parent| self.result.modules[parent].root);
        let names = BTreeMap::new();
        self.result.modules.push(Module {
            parent: place.parent,
            root,
            file,
            names,
            globs: Vec::new(),
            items: Vec::new(),
        });
        for item in &mut items {
            match item {
                Item::Mod(declared) => {
                    let child = self.child(place, id, file, declared)?;
                    self.bind(id, declared.ident.to_string(), Name::Module(child));
                }
                Item::Use(declared) => {
                    for import in imports(declared) {
                        self.import(id, import);
                    }
                }
                Item::Macro(declared) => self.declared_macro(id, root, declared),
                other => {
                    if let Some(name) = defined(other) {
                        self.bind(id, name, Name::Item(id));
                    }
                }
            }
        }
        self.result.modules[id].items = items;
        Ok(id)
    }

    /// A child module, inline or in a file. What an inline one has in it moves there.
    fn child(
        &mut self,
        place: &Place,
        id: usize,
        file: usize,
        declared: &mut ItemMod,
    ) -> Result<usize, String> {
        let (module_file, folder) = self.places(place, declared);
        let mut child = Place { parent: Some(id), file: place.file.clone(), folder };
        if let Some((_, items)) = &mut declared.content {
            return self.module(&child, file, std::mem::take(items));
        }
        child.file = module_file;
        self.file(&child)
    }

    /// The file of a module and the folder of its children.
    fn places(&self, place: &Place, declared: &ItemMod) -> (String, String) {
        let name = declared.ident.to_string();
        if let Some(path) = path_attribute(declared) {
            let start = place.file.rfind('/').map_or("", |end| &place.file[..=end]);
            let file = format!("{start}{path}");
            return (file.clone(), file.rfind('/').map_or("", |end| &file[..=end]).to_owned());
        }
        let (file, folder) = (format!("{}{name}.rs", place.folder), format!("{}{name}/", place.folder));
        if self.sources.contains_key(&file) { (file, folder) } else { (format!("{folder}mod.rs"), folder) }
    }

    /// Notes the files of a module that does not count.
    fn skip(&mut self, place: &Place, declared: &ItemMod) {
        let (file, folder) = self.places(place, declared);
        let below = self.sources.keys().filter(|name| **name == file || name.starts_with(&folder));
        self.known.extend(below.cloned());
    }

    fn import(&mut self, id: usize, import: Import) {
        match import.binds {
            Binds::Name(name) => self.bind(id, name, Name::Import(import.path)),
            Binds::Everything => self.result.modules[id].globs.push(import.path),
            Binds::Nothing => {}
        }
    }

    /// An exported macro is a name of the root, wherever it stands.
    fn declared_macro(&mut self, id: usize, root: usize, declared: &syn::ItemMacro) {
        let Some(name) = &declared.ident else { return };
        self.result.macros.entry(name.to_string()).or_default().push(id);
        let exported = declared.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
        self.bind(if exported { root } else { id }, name.to_string(), Name::Item(id));
    }

    fn bind(&mut self, id: usize, name: String, what: Name) {
        self.result.modules[id].names.entry(name).or_default().push(what);
    }
}

/// The name that an item defines.
pub(crate) fn defined(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn path_attribute(declared: &ItemMod) -> Option<String> {
    declared.attrs.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}
