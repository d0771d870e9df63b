// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Erc20} from "./Erc20.sol";
import {IErc20, IWrapCallback} from "./Interfaces.sol";

/// pUSD: every unit is backed by one unit of USDC.e or USDC in the reserve vault.
/// Ramps and adapters (the wrappers) first send what is to be wrapped or unwrapped to this contract.
contract PolymarketUsd is Erc20 {
    error OnlyAdmin();
    error OnlyWrapper();
    error UnknownAsset(address asset);

    event Wrapped(address indexed by, address indexed asset, address indexed to, uint256 amount);
    event Unwrapped(address indexed by, address indexed asset, address indexed to, uint256 amount);

    address public immutable admin;
    address public immutable vault;
    mapping(address asset => bool) public isAsset;
    mapping(address account => bool) public isWrapper;

    constructor(address tokenAdmin, address reserveVault, address[] memory assets, address[] memory wrappers)
        Erc20("Polymarket USD", "pUSD")
    {
        admin = tokenAdmin;
        vault = reserveVault;
        for (uint256 i = 0; i < assets.length; i++) isAsset[assets[i]] = true;
        for (uint256 i = 0; i < wrappers.length; i++) isWrapper[wrappers[i]] = true;
    }

    function setWrapper(address account, bool allowed) external {
        if (msg.sender != admin) revert OnlyAdmin();
        isWrapper[account] = allowed;
    }

    /// Moves `amount` of `asset`, already held here, to the vault and mints as much pUSD to `to`.
    function wrap(address asset, address to, uint256 amount, address callback, bytes calldata data) external {
        _check(asset);
        if (callback != address(0)) IWrapCallback(callback).onWrap(asset, to, amount, data);
        IErc20(asset).transfer(vault, amount);
        _mint(to, amount);
        emit Wrapped(msg.sender, asset, to, amount);
    }

    /// Burns `amount` of pUSD, already held here, and pays as much `asset` out of the vault to `to`.
    function unwrap(address asset, address to, uint256 amount, address callback, bytes calldata data) external {
        _check(asset);
        _burn(address(this), amount);
        IErc20(asset).transferFrom(vault, to, amount);
        if (callback != address(0)) IWrapCallback(callback).onWrap(asset, to, amount, data);
        emit Unwrapped(msg.sender, asset, to, amount);
    }

    function _check(address asset) private view {
        if (!isWrapper[msg.sender]) revert OnlyWrapper();
        if (!isAsset[asset]) revert UnknownAsset(asset);
    }
}
